"use strict";
// Pulumi's SDK loads TypeScript's compiler and npm's arborist to serialise functions. This project serialises none, and both take
// half of the SDK's start-up, so they are loaded on first use.
const Module = require("node:module");

const LAZY = new Set(["typescript", "@npmcli/arborist"]);
const load = Module._load;

Module._load = function (request, parent, isMain) {
  if (!LAZY.has(request)) return load.call(this, request, parent, isMain);
  let real;
  const module = () => (real ??= load.call(this, request, parent, isMain));
  // `import *` copies the own names of a module. The proxy has none, so the copy keeps only `default`, which is the proxy.
  return new Proxy({}, { get: (_, key) => (key === "__esModule" ? false : module()[key]), ownKeys: () => [] });
};
