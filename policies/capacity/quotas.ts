import type { Field } from "../core/field";
import { parseQuantity, RESOURCE_NAMES, type ResourceName } from "../core/quantity";
import type { Resource } from "../core/resource";
import type { Stack } from "../core/stack";
import type { Workload } from "../workloads/types";
import { podRequests } from "./model";

/** A ResourceQuota of the stack. */
export interface Quota {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  /** Priority classes that it counts; undefined: pods of every class. */
  readonly classes: readonly string[] | undefined;
  readonly hard: Field;
}

/** Keys of `spec.hard` that limit the sum of one resource; the short ones are the same as `requests.*`. */
const KEYS: Readonly<Record<"requests" | "limits", (name: ResourceName) => readonly string[]>> = {
  requests: (name) => [`requests.${name}`, name],
  limits: (name) => [`limits.${name}`],
};

export function quotas(stack: Stack): Quota[] {
  return stack.of("core/ResourceQuota").map((resource) => {
    const spec = resource.root.at("spec");
    const scope = spec
      .get("scopeSelector.matchExpressions")
      .items.find((one) => one.at("scopeName").is("PriorityClass") && one.at("operator").is("In"));
    return {
      resource,
      namespace: resource.namespace,
      classes: scope?.at("values").items.flatMap(({ text }) => text ?? []),
      hard: spec.at("hard"),
    };
  });
}

/** Whether a quota counts these pods. */
export function counts({ namespace, classes }: Quota, workload: Workload): boolean {
  return (
    workload.namespace === namespace &&
    (classes === undefined || (workload.priorityClass !== undefined && classes.includes(workload.priorityClass)))
  );
}

/** One limit of a quota, and how much of it some pods take. */
export interface Use {
  readonly field: Field;
  /** `requests of memory` */
  readonly what: string;
  readonly unit: ResourceName | "pods";
  readonly hard: number;
  /** By one pod of a workload. */
  readonly each: (workload: Workload) => number;
}

/** The limits that a quota sets on cpu, memory and the number of pods. */
export function limitsOf({ hard }: Quota): Use[] {
  const sums = (["requests", "limits"] as const).flatMap((of) =>
    RESOURCE_NAMES.flatMap((name) =>
      KEYS[of](name).map((key) => ({
        field: hard.at(key),
        what: `${of} of ${name}`,
        unit: name,
        each: (workload: Workload) => podRequests(workload, of)[name],
      })),
    ),
  );
  const pods = ["pods", "count/pods"].map((key) => ({
    field: hard.at(key),
    what: "pods",
    unit: "pods" as const,
    each: () => 1,
  }));
  return [...sums, ...pods].flatMap((use) => {
    const amount = parseQuantity(use.field.value);
    return amount === undefined ? [] : [{ ...use, hard: amount }];
  });
}
