"use strict";
// TypeScript for the command line: strips the types of each file and caches the result in node_modules/.cache, so that only
// changed files are stripped again. ts-node, which tests and Pulumi use, takes 0.25 s more at every start.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const cache = join(__dirname, "..", "node_modules", ".cache", "lakehouse");

require.extensions[".ts"] = (module, filename) => {
  const source = readFileSync(filename, "utf8");
  const cached = join(cache, `${createHash("sha1").update(source).digest("hex")}.js`);
  module._compile(read(cached) ?? write(cached, strip(source, filename)), filename);
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

function write(file, code) {
  try {
    mkdirSync(cache, { recursive: true });
    // Atomic, because two commands may run at once.
    writeFileSync(`${file}.${process.pid}`, code);
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // A read-only installation has no cache.
  }
  return code;
}
