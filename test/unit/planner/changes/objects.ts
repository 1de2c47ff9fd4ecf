import { changesBetween } from "../../../../planner/changes/between";
import type { Harm, PlanChanges } from "../../../../planner/changes/model";
import { objectChanges, type WholeChange } from "../../../../planner/changes/objects";

/** An object of Kubernetes named `x` in the namespace `ns`. */
export const object = (apiVersion: string, kind: string, of: Record<string, unknown> = {}) => ({
  apiVersion,
  kind,
  metadata: { name: "x", namespace: "ns" },
  ...of,
});

/** The change of one object; undefined stands for one that is not there. */
export function changed(before: unknown, after: unknown): readonly WholeChange[] {
  const map = (of: unknown) => new Map(of === undefined ? [] : [["ns/x.yaml", of]]);
  return objectChanges(map(before), map(after));
}

export const between = (before: unknown, after: unknown): PlanChanges =>
  changesBetween("main", {}, {}, changed(before, after));

/** `access: allows more: get secrets`, for each harm of a change. */
export const harms = (before: unknown, after: unknown): string[] =>
  between(before, after).harms.map(({ severity, text }: Harm) => `${severity}: ${text}`);
