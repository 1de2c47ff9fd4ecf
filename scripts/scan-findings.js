"use strict";
// Reads the scanners' reports, <folder>/<stack>.<scanner>.json, and prints the findings without an exception. An exception without
// a finding is an error too, because it is obsolete.
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

/** kube-score's grade of a passed check. */
const GOOD = 10;
/** Parsers of the reports. Each returns the number of checks, and the findings with check, object and message. */
const PARSERS = { "kube-score": kubeScore, checkov };

const [folder, scanners, ...stacks] = process.argv.slice(2);
const used = new Set();
let failures = 0;
const exceptions = JSON.parse(readFileSync(join(__dirname, "scan-exceptions.json"), "utf8")).filter(({ check }) =>
  scanners.split(",").includes(scannerOf(check)),
);

for (const stack of stacks) for (const scanner of scanners.split(",")) judge(stack, scanner);
for (const exception of exceptions.filter((one) => !used.has(one))) {
  console.error(
    `scan-exceptions.json: ${exception.check} for ${exception.object}: no finding matches; remove the exception`,
  );
  failures += 1;
}
process.exitCode = failures === 0 ? 0 : 1;

function judge(stack, scanner) {
  const report = JSON.parse(readFileSync(join(folder, `${stack}.${scanner}.json`), "utf8"));
  const { checks, bad } = PARSERS[scanner](report);
  const findings = bad.filter((result) => !explained(stack, result));
  for (const { object, check, says } of findings) console.error(`${stack}: ${object}: ${check}: ${says}`);
  if (checks === 0) console.error(`${stack}: ${scanner} checked no manifest`);
  failures += findings.length + (checks === 0 ? 1 : 0);
  const rest = bad.length - findings.length;
  console.log(`${stack}: ${scanner}: ${checks} checks, ${findings.length} findings, ${rest} explained`);
}

function kubeScore(objects) {
  const all = objects.flatMap(({ object_name, checks }) =>
    (checks ?? []).filter(({ skipped }) => !skipped).map((result) => ({ ...result, object: short(object_name) })),
  );
  const bad = all.filter(({ grade }) => grade < GOOD);
  return {
    checks: all.length,
    bad: bad.map(({ object, check, comments }) => {
      const details = (comments ?? []).map(({ path, summary }) => [path, summary].filter(Boolean).join(": "));
      return { object, check: check.id, says: details.join("; ") || check.comment };
    }),
  };
}

function checkov({ results, summary }) {
  if (results === undefined) return { checks: 0, bad: [] };
  const bad = results.failed_checks.map(({ check_id, check_name, resource }) => ({
    // `Deployment.namespace.name`: only the first two dots separate, because names may have dots.
    object: resource.replace(".", "/").replace(".", "/"),
    check: check_id,
    says: check_name,
  }));
  return { checks: summary.passed + summary.failed, bad };
}

function scannerOf(check) {
  return check.startsWith("CKV") ? "checkov" : "kube-score";
}

function explained(stack, { check, object }) {
  const covering = exceptions.filter(
    (one) =>
      one.check === check &&
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
