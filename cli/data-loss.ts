import { createHash } from "node:crypto";

import type { PolicyReport, PolicyViolation } from "../planner/plan";
import type { DataLoss } from "../planner/report/summary";

/** Changes that delete or replace stored data are refused until somebody has acknowledged exactly these. */

export const DATA_LOSS_POLICY = "plan-acknowledge-data-loss";

/** What somebody agreed to lose, once. Kept in `out/<stack>/acknowledged.json`. */
export interface Acknowledgement {
  readonly token: string;
  /** `deletes lakehouse-storage/cluster-postgres`, sorted. */
  readonly losses: readonly string[];
}

interface Decision {
  /** The token that would let the losses pass; undefined when nothing is refused. */
  readonly refused: string | undefined;
  /** One for each loss that nobody acknowledged. */
  readonly violations: readonly PolicyViolation[];
  /** All that were ever used for this stack, with one that was used now. */
  readonly acknowledged: readonly Acknowledgement[];
}

/**
 * Stands for one set of losses of one stack. It works once: the same losses again, after the data was made anew, have the next
 * token that was not used yet.
 */
export function lossToken(stack: string, losses: readonly string[], used: readonly Acknowledgement[]): string {
  for (let time = 0; ; time++) {
    const text = JSON.stringify([stack, losses.toSorted(), time]);
    const token = createHash("sha256").update(text).digest("hex").slice(0, 8);
    if (!used.some((before) => before.token === token)) return token;
  }
}

/**
 * @param losses against the last plan that was accepted
 * @param used what `out/<stack>/acknowledged.json` holds
 * @param given after `--acknowledge`
 */
export function judgeLosses(
  stack: string,
  losses: readonly DataLoss[],
  used: readonly Acknowledgement[],
  given: string | undefined,
): Decision {
  if (losses.length === 0) return { refused: undefined, violations: [], acknowledged: used };
  const lines = losses.map(({ verb, resource }) => `${verb} ${resource}`).sort();
  const token = lossToken(stack, lines, used);
  if (given === token) return { refused: undefined, violations: [], acknowledged: [...used, { token, losses: lines }] };
  const note = given === undefined ? "" : `; ${reject(given, used)}`;
  return { refused: token, violations: losses.map((loss) => violation(loss, token, note)), acknowledged: used };
}

function reject(given: string, used: readonly Acknowledgement[]): string {
  return used.some(({ token }) => token === given)
    ? `${given} was used already, and works once`
    : `${given} does not stand for these losses`;
}

function violation({ verb, resource, fields }: DataLoss, token: string, note: string): PolicyViolation {
  const what =
    verb === "deletes"
      ? "would be deleted with its data"
      : `would be replaced (${fields.join(", ")}) and lose its data`;
  return {
    policy: DATA_LOSS_POLICY,
    level: "mandatory",
    resource,
    field: "",
    message: `${what}${note}. Fix: take that back, or plan with --acknowledge ${token}.`,
  };
}

/** Those of the pack, and those of the plan itself. */
export function withLosses(report: PolicyReport, { violations }: Decision): PolicyReport {
  return { ...report, failed: [...report.failed, ...violations] };
}
