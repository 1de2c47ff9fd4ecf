"use strict";
// Reads kube-score's reports, <folder>/<stack>.json, and shows what no exception explains. An exception that explains
// nothing any more is a finding too: its reason has become wrong.
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

const GOOD = 10;
const [folder, ...stacks] = process.argv.slice(2);
const exceptions = JSON.parse(readFileSync(join(__dirname, "scan-exceptions.json"), "utf8"));
const used = new Set();
let failures = 0;

for (const stack of stacks) {
  const objects = JSON.parse(readFileSync(join(folder, `${stack}.json`), "utf8"));
  const checks = objects.flatMap(({ object_name, checks }) =>
    (checks ?? []).filter(({ skipped }) => !skipped).map((result) => ({ ...result, object: short(object_name) })),
  );
  const bad = checks.filter(({ grade }) => grade < GOOD);
  const findings = bad.filter((result) => !explained(stack, result));
  for (const { object, check, comments } of findings) {
    const details = (comments ?? []).map(({ path, summary }) => [path, summary].filter(Boolean).join(": "));
    console.error(`${stack}: ${object}: ${check.id}: ${details.join("; ") || check.comment}`);
  }
  if (objects.length === 0) console.error(`${stack}: the scanner read nothing`);
  failures += findings.length + (objects.length === 0 ? 1 : 0);
  const rest = bad.length - findings.length;
  console.log(
    `${stack}: ${objects.length} objects, ${checks.length} checks, ${findings.length} findings, ${rest} explained`,
  );
}
for (const exception of exceptions.filter((one) => !used.has(one))) {
  console.error(`scan-exceptions.json: nothing needs the exception from ${exception.check} for ${exception.object}`);
  failures += 1;
}
process.exitCode = failures === 0 ? 0 : 1;

function explained(stack, { check, object }) {
  const covering = exceptions.filter(
    (one) =>
      one.check === check.id &&
      (one.stack === undefined || one.stack === stack) &&
      new RegExp(one.object).test(object) &&
      one.reason.trim() !== "",
  );
  for (const one of covering) used.add(one);
  return covering.length > 0;
}

/** `Deployment/apps/v1/namespace/name` → `Deployment/namespace/name`. */
function short(name) {
  const parts = name.split("/");
  return [parts[0], ...parts.slice(-2)].join("/");
}
