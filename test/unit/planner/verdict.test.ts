import assert from "node:assert/strict";
import type { PolicyReport, PolicyViolation, UnplacedPod } from "../../../planner/plan";
import { exitCode, verdict } from "../../../planner/verdict";

const pod: UnplacedPod = { service: "trino", role: "worker", cpu: 1, memory: 1, reason: "no room" };

function failed(...levels: PolicyViolation["level"][]): PolicyReport {
  return { passed: 1, failed: levels.map((level) => ({ policy: "p", level, resource: "r", field: "", message: "m" })) };
}

describe("verdict", () => {
  it("is ok if everything fits and only advice is left", () => {
    assert.equal(verdict([], failed("advisory", "disabled")), "ok");
  });

  it("is a violation for one mandatory failure", () => {
    assert.equal(verdict([], failed("advisory", "mandatory")), "policy-violations");
  });

  it("ranks capacity before policies", () => {
    assert.equal(verdict([pod], failed("mandatory")), "does-not-fit");
  });

  it("exits with 0 only when ok", () => {
    assert.deepEqual(
      (["ok", "does-not-fit", "policy-violations"] as const).map((of) => exitCode({ verdict: of })),
      [0, 1, 1],
    );
  });
});
