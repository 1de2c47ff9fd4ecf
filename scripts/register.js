"use strict";
// Runs TypeScript without type checking (that is `npm run types`); swc transpiles a file in about a millisecond.
require("ts-node").register({
  transpileOnly: true,
  swc: true,
  project: require("node:path").join(__dirname, "..", "tsconfig.json"),
});
