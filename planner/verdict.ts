import type { Plan, PolicyReport, PolicyViolation, UnplacedPod, Verdict } from "./plan";

/** Capacity comes before policies, because a stack that does not fit cannot run at all. */
export function verdict(unplaced: readonly UnplacedPod[], policies: PolicyReport): Verdict {
  if (unplaced.length > 0) return "does-not-fit";
  return violations(policies).length > 0 ? "policy-violations" : "ok";
}

/** Mandatory violations, which stop a stack; others are advice. */
export function violations(policies: PolicyReport): PolicyViolation[] {
  return policies.failed.filter(({ level }) => level === "mandatory");
}

/** 0 if the stack may be deployed, 1 if capacity or a mandatory policy forbids it. Invalid input is 2 and makes no plan. */
export function exitCode(plan: Pick<Plan, "verdict">): 0 | 1 {
  return plan.verdict === "ok" ? 0 : 1;
}
