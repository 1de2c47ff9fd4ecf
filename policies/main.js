"use strict";
// Pulumi's policy host type-checks what it loads, which takes seconds at every start. Checking is a job of its own
// (`npm run types`); here types are only stripped, file by file.
const { readFileSync } = require("node:fs");

require.extensions[".ts"] ??= (module, file) => {
  module._compile(strip(readFileSync(file, "utf8"), file), file);
};
require("./index.ts");

function strip(source, file) {
  const swc = optional("@swc/core");
  if (swc !== undefined) {
    const jsc = { target: "es2022", parser: { syntax: "typescript" } };
    return swc.transformSync(source, {
      filename: file,
      swcrc: false,
      configFile: false,
      jsc,
      module: { type: "commonjs" },
      sourceMaps: "inline",
    }).code;
  }
  const ts = require("typescript");
  const { ES2022 } = ts.ScriptTarget;
  const compilerOptions = { target: ES2022, module: ts.ModuleKind.CommonJS, inlineSourceMap: true };
  return ts.transpileModule(source, { fileName: file, compilerOptions }).outputText;
}

function optional(name) {
  try {
    return require(name);
  } catch {
    return undefined;
  }
}
