"use strict";
// Runs TypeScript without type checking, which `npm run types` does. swc transpiles a file in about 1 ms.
require("ts-node").register({
  transpileOnly: true,
  swc: true,
  project: require("node:path").join(__dirname, "..", "tsconfig.json"),
});
