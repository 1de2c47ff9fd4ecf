import { createHash } from "node:crypto";

import type { PolicyViolation } from "../planner/plan";
import type { DataLoss } from "../planner/report/summary";

/** Changes that delete or replace stored data are refused until the user acknowledges exactly these changes. */

export const DATA_LOSS_POLICY = "plan-acknowledge-data-loss";

/** Losses that the user accepted once. Kept in `out/<stack>/acknowledged.json`. */
export interface Acknowledgement {
  readonly token: string;
  /** `deletes lakehouse-storage/cluster-postgres`, sorted. */
  readonly losses: readonly string[];
}

interface Decision {
  /** The token that accepts the refused losses; undefined if nothing is refused. */
  readonly refused: string | undefined;
  /** One for each refused loss. */
  readonly violations: readonly PolicyViolation[];
  /** All acknowledgements of this stack, the one of this run included. */
  readonly acknowledged: readonly Acknowledgement[];
}

/**
 * The token of a set of losses in a stack. It is valid once: the same losses later, of new data, have the next unused token.
 */
export function lossToken(stack: string, losses: readonly string[], used: readonly Acknowledgement[]): string {
  for (let time = 0; ; time++) {
    const text = JSON.stringify([stack, losses.toSorted(), time]);
    const token = createHash("sha256").update(text).digest("hex").slice(0, 8);
    if (!used.some((before) => before.token === token)) return token;
  }
}

/**
 * @param losses compared with the last good plan
 * @param used acknowledgements in `out/<stack>/acknowledged.json`
 * @param given the token of `--acknowledge`
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
    ? `the token ${given} was used already, and is valid once`
    : `the token ${given} is not for these losses`;
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
    message: `${what}${note}. Fix: undo the change, or plan with --acknowledge ${token}.`,
  };
}
