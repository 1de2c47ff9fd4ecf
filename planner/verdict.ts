import type { Plan, PolicyReport, PolicyViolation, UnplacedPod, Verdict } from "./plan";

/** Capacity first: a stack that does not fit cannot run, whatever its policies say. */
export function verdict(unplaced: readonly UnplacedPod[], policies: PolicyReport): Verdict {
  if (unplaced.length > 0) return "does-not-fit";
  return violations(policies).length > 0 ? "policy-violations" : "ok";
}

/** Failures that stop a stack; the others only advise. */
export function violations(policies: PolicyReport): PolicyViolation[] {
  return policies.failed.filter(({ level }) => level === "mandatory");
}

/** 0 when the stack may go ahead, 1 when capacity or a mandatory policy forbids it. Bad input is 2 and has no plan. */
export function exitCode(plan: Pick<Plan, "verdict">): 0 | 1 {
  return plan.verdict === "ok" ? 0 : 1;
}
