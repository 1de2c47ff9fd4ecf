"use strict";
const { join } = require("node:path");

/** One line for an error that says that a package is missing; undefined for any other error. */
exports.notInstalled = (error) => {
  const [, name] = /Cannot find (?:module|package) '([^'./][^']*)'/.exec(String(error?.message ?? error)) ?? [];
  if (name === undefined || name.startsWith("node:")) return undefined;
  return `lakehouse: not installed, ${name} is missing; run npm ci in ${join(__dirname, "..")}`;
};
