"use strict";
// The libraries load much that this project never uses: TypeScript's compiler and npm's arborist to serialise functions, the
// Automation API, charts and manifests as text, API groups, texts in forty languages. It takes half of their start-up, so it is
// loaded on first use.
const { dirname, join } = require("node:path");
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
const GRAFANA = "@grafana/grafana-foundation-sdk/";
const modules = new Map();
const load = Module._load;

Module._load = function (request, parent, isMain) {
  const builders = buildersOf(request, parent);
  if (builders !== undefined) return builders;
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

/**
 * Grafana's builders, each loaded when it is asked for: one of its modules loads all of its own and those of other modules, two
 * hundred files, of which a stack's dashboards need twelve.
 */
function buildersOf(request, parent) {
  const inside = request.startsWith("../") && parent?.filename?.includes("grafana-foundation-sdk");
  const name = request.startsWith(GRAFANA) ? request.slice(GRAFANA.length) : inside ? request.slice(3) : undefined;
  if (name === undefined || name.includes("/")) return undefined;
  if (!modules.has(name)) modules.set(name, byName(Module._resolveFilename(request, parent), parent));
  return modules.get(name);
}

function byName(index, parent) {
  const found = {};
  // A file for each builder, and one for all types; where a version has no such file, the module as a whole.
  const file = (key) => (key.endsWith("Builder") ? `${key[0].toLowerCase()}${key.slice(1)}.gen` : "types.gen");
  const from = (path, key) => {
    try {
      return load.call(Module, path, parent)[key];
    } catch (error) {
      if (error.code !== "MODULE_NOT_FOUND") throw error;
    }
  };
  return new Proxy(found, {
    get: (_, key) =>
      key === "__esModule" || (found[key] ??= from(join(dirname(index), file(key)), key) ?? from(index, key)),
  });
}
