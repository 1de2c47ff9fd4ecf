"use strict";
const { join } = require("node:path");

/** A message for the error of a missing package; undefined for any other error. */
exports.notInstalled = (error) => {
  const [, name] = /Cannot find (?:module|package) '([^'./][^']*)'/.exec(String(error?.message ?? error)) ?? [];
  if (name === undefined || name.startsWith("node:")) return undefined;
  return `lakehouse: the package ${name} is not installed; run npm ci in ${join(__dirname, "..")}`;
};
