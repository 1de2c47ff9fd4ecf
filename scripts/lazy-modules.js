"use strict";
// The libraries load much that this project never uses: TypeScript's compiler and npm's arborist to serialise functions, the
// Automation API, charts and manifests as text, API groups, texts in forty languages. It takes half of their start-up, so it is
// loaded on first use.
const Module = require("node:module");

/** Packages, wherever they are required. */
const PACKAGES = new Set(["typescript", "@npmcli/arborist", "fdir", "normalize-package-data"]);
/** By the file that requires them: modules of its own package that are compiled from TypeScript; undefined for all but `EAGER`. */
const PARTS = new Map([
  ["@pulumi/pulumi/index.js", ["./automation"]],
  ["@pulumi/kubernetes/index.js", undefined],
  ["@pulumi/kubernetes/helm/index.js", undefined],
  ["@pulumi/kubernetes/helm/v3/index.js", ["./helm"]],
  ["zod/v4/classic/external.cjs", ["../locales/index.cjs"]],
  ["zod/v4/core/index.cjs", ["../locales/index.cjs"]],
]);
const EAGER = new Set(["./utilities", "./provider"]);
const load = Module._load;

Module._load = function (request, parent, isMain) {
  const part = isPart(request, parent);
  if (!part && !PACKAGES.has(request)) return load.call(this, request, parent, isMain);
  let real;
  const module = () => (real ??= load.call(this, request, parent, isMain));
  return new Proxy(() => undefined, {
    // `import *` takes a module that was compiled from one as it is. Of another it copies the own names; the proxy has none, so the
    // copy keeps only `default`, which is the proxy.
    get: (_, key) => (key === "__esModule" ? part : module()[key]),
    apply: (_, self, given) => Reflect.apply(module(), self, given),
    ownKeys: () => [],
  });
};

function isPart(request, parent) {
  if (!request.startsWith(".") || !parent?.filename) return false;
  const path = parent.filename.split(/[\\/]/);
  const file = path.slice(path.lastIndexOf("node_modules") + 1).join("/");
  return PARTS.has(file) && (PARTS.get(file)?.includes(request) ?? !EAGER.has(request));
}
