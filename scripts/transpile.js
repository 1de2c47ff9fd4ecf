"use strict";
// TypeScript for the command line: types are stripped file by file, and the result is kept beside the installed packages, so
// that only what changed is stripped again. ts-node, which tests and Pulumi use, costs a quarter of a second more at every start.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const cache = join(__dirname, "..", "node_modules", ".cache", "lakehouse");

require.extensions[".ts"] = (module, filename) => {
  const source = readFileSync(filename, "utf8");
  const kept = join(cache, `${createHash("sha1").update(source).digest("hex")}.js`);
  module._compile(read(kept) ?? keep(kept, strip(source, filename)), filename);
};

function strip(source, filename) {
  const { transformSync } = require("@swc/core");
  const jsc = { target: "es2022", parser: { syntax: "typescript" } };
  return transformSync(source, { filename, swcrc: false, configFile: false, jsc, module: { type: "commonjs" } }).code;
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function keep(file, code) {
  try {
    mkdirSync(cache, { recursive: true });
    // Never half a file, even when two commands run at once.
    writeFileSync(`${file}.${process.pid}`, code);
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // A read-only installation: it is stripped again the next time.
  }
  return code;
}
