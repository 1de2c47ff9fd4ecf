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
  /** Whether it counts pods of a priority class; undefined stands for pods without one. */
  readonly admits: (priorityClass: string | undefined) => boolean;
  /** Priority classes that it names. */
  readonly classes: readonly string[];
  /** It counts only pods of some priority classes. */
  readonly scoped: boolean;
  readonly hard: Field;
}

/** Keys of `spec.hard` that limit the sum of one resource; `cpu` means the same as `requests.cpu`. */
const KEYS: Readonly<Record<"requests" | "limits", (name: ResourceName) => readonly string[]>> = {
  requests: (name) => [`requests.${name}`, name],
  limits: (name) => [`limits.${name}`],
};

export function quotas(stack: Stack): Quota[] {
  return stack.of("core/ResourceQuota").map((resource) => {
    const spec = resource.root.at("spec");
    const scopes = spec
      .get("scopeSelector.matchExpressions")
      .items.filter((one) => one.at("scopeName").is("PriorityClass"))
      .map((one) => ({
        operator: one.at("operator").text,
        values: one.at("values").items.flatMap(({ text }) => text ?? []),
      }));
    return {
      resource,
      namespace: resource.namespace,
      admits: (priorityClass) => scopes.every((scope) => within(scope, priorityClass)),
      classes: scopes.flatMap(({ values }) => values),
      scoped: scopes.length > 0,
      hard: spec.at("hard"),
    };
  });
}

/** Whether a scope matches a priority class. `NotIn` matches pods without a class too, as in Kubernetes. */
function within(
  { operator, values }: { readonly operator: string | undefined; readonly values: readonly string[] },
  priorityClass: string | undefined,
): boolean {
  const named = priorityClass !== undefined && values.includes(priorityClass);
  switch (operator) {
    case "In":
      return named;
    case "NotIn":
      return !named;
    case "Exists":
      return priorityClass !== undefined;
    case "DoesNotExist":
      return priorityClass === undefined;
    default:
      return true;
  }
}

/** Whether a quota counts these pods. */
export function counts({ namespace, admits }: Quota, workload: Workload): boolean {
  return workload.namespace === namespace && admits(workload.priorityClass);
}

/** One limit of a quota, and how much of it a pod takes. */
export interface Use {
  readonly field: Field;
  /** `requests of memory` */
  readonly what: string;
  readonly unit: ResourceName | "pods";
  readonly hard: number;
  /** Amount that one pod of a workload takes. */
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
