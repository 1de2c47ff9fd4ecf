"use strict";
// What lets a command of a second or two end sooner; loaded before all else.
//
// V8's compiled code of the modules, with the functions that ran, is kept for the next start. Node 22 and newer do it themselves;
// for Node 20 it is done here, in one file a command.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { basename, dirname, join, resolve } = require("node:path");
const { setFlagsFromString } = require("node:v8");
const { Script, constants } = require("node:vm");

// V8's defaults are for processes that live longer: its optimising compiler takes as much of the processors as the program, and its
// young generation, collected dozens of times while it grows, a tenth of the time. What runs for longer is still optimised, later.
setFlagsFromString("--interrupt-budget=600000");
setFlagsFromString("--semi-space-growth-factor=32");

if (Module.enableCompileCache !== undefined) Module.enableCompileCache();
else keep(join(__dirname, "..", "node_modules", ".cache", "lakehouse"));

function keep(folder) {
  // V8 takes no code of another version, processor or set of flags.
  const name = `${basename(resolve(process.argv[1] ?? ""))}-${process.version}-${process.arch}.code`;
  const kept = read(join(folder, name));
  const compiled = new Map();
  let changed = false;

  Module.prototype._compile = function (content, filename) {
    const hash = createHash("sha1").update(content).digest("base64");
    const known = kept.get(filename);
    const cachedData = known?.hash === hash ? known.data : undefined;
    const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
    const text = Module.wrap(content.replace(/^#!.*/, ""));
    const script = new Script(text, { filename, cachedData, importModuleDynamically });
    if (cachedData === undefined || script.cachedDataRejected) changed = true;
    compiled.set(filename, { hash, script });
    const inner = (id) => this.require(id);
    inner.resolve = (request, options) => Module._resolveFilename(request, this, false, options);
    inner.resolve.paths = (request) => Module._resolveLookupPaths(request, this);
    Object.assign(inner, { main: require.main, extensions: Module._extensions, cache: Module._cache });
    return script.runInThisContext().call(this.exports, this.exports, inner, this, filename, dirname(filename));
  };

  process.on("exit", () => {
    if (!changed) return;
    for (const [file, { hash, script }] of compiled) kept.set(file, { hash, data: script.createCachedData() });
    write(folder, name, kept);
  });
}

/** A line of JSON with file, hash and length of each part, then the parts. */
function read(file) {
  const kept = new Map();
  try {
    const bytes = readFileSync(file);
    let start = bytes.indexOf("\n") + 1;
    for (const [path, hash, length] of JSON.parse(bytes.subarray(0, start).toString())) {
      kept.set(path, { hash, data: bytes.subarray(start, (start += length)) });
    }
  } catch {
    // There is none yet.
  }
  return kept;
}

function write(folder, name, kept) {
  const list = [...kept].map(([file, { hash, data }]) => [file, hash, data.length]);
  const parts = [Buffer.from(`${JSON.stringify(list)}\n`), ...[...kept.values()].map(({ data }) => data)];
  try {
    mkdirSync(folder, { recursive: true });
    // Atomic, because two commands may run at once.
    const unfinished = join(folder, `${name}.${process.pid}`);
    writeFileSync(unfinished, Buffer.concat(parts));
    renameSync(unfinished, join(folder, name));
  } catch {
    // A read-only installation has no cache.
  }
}
