"use strict";
// TypeScript for the command line: types are stripped file by file, in about a millisecond each. ts-node, which tests and
// Pulumi use, costs a quarter of a second more at every start.
const { readFileSync } = require("node:fs");
const { transformSync } = require("@swc/core");

const options = {
  swcrc: false,
  configFile: false,
  sourceMaps: process.env.LAKEHOUSE_DEBUG === undefined ? false : "inline",
  jsc: { target: "es2022", parser: { syntax: "typescript" } },
  module: { type: "commonjs" },
};

require.extensions[".ts"] = (module, filename) => {
  module._compile(transformSync(readFileSync(filename, "utf8"), { ...options, filename }).code, filename);
};
