"use strict";
// Pulumi's SDK loads TypeScript's compiler and npm's arborist so that it can serialise functions into the cloud. Nothing here
// does that, and both together are half of the SDK's start-up: they are loaded when something of them is first used.
const Module = require("node:module");

const LAZY = new Set(["typescript", "@npmcli/arborist"]);
const load = Module._load;

Module._load = function (request, parent, isMain) {
  if (!LAZY.has(request)) return load.call(this, request, parent, isMain);
  let real;
  const module = () => (real ??= load.call(this, request, parent, isMain));
  // An `import *` copies the names of what it gets: there are none yet, and what it keeps as `default` is this proxy.
  return new Proxy({}, { get: (_, key) => (key === "__esModule" ? false : module()[key]), ownKeys: () => [] });
};
