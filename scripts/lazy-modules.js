"use strict";
// The SDKs load much that this project never uses: TypeScript's compiler and npm's arborist to serialise functions, the Automation
// API, charts and manifests as text. Together they take half of the SDKs' start-up, so they are loaded on first use.
const Module = require("node:module");

const LAZY = new Set(["typescript", "@npmcli/arborist"]);
/** Modules of a package by the end of the name of the file that requires them. */
const LAZY_PARTS = new Map([
  ["@pulumi/pulumi/index.js", new Set(["./automation"])],
  ["@pulumi/kubernetes/index.js", new Set(["./kustomize", "./yaml"])],
  ["@pulumi/kubernetes/helm/index.js", new Set(["./v4"])],
  ["@pulumi/kubernetes/helm/v3/index.js", new Set(["./helm"])],
]);
const load = Module._load;

Module._load = function (request, parent, isMain) {
  if (!isLazy(request, parent)) return load.call(this, request, parent, isMain);
  let real;
  const module = () => (real ??= load.call(this, request, parent, isMain));
  // `import *` copies the own names of a module. The proxy has none, so the copy keeps only `default`, which is the proxy.
  return new Proxy({}, { get: (_, key) => (key === "__esModule" ? false : module()[key]), ownKeys: () => [] });
};

function isLazy(request, parent) {
  if (LAZY.has(request)) return true;
  if (!request.startsWith("./") || !parent?.filename) return false;
  const parts = parent.filename.split(/[\\/]/);
  const at = parts.lastIndexOf("@pulumi");
  return at >= 0 && LAZY_PARTS.get(parts.slice(at).join("/"))?.has(request) === true;
}
