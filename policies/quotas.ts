import type { StackValidationPolicy } from "@pulumi/policy";

import { counts, limitsOf, type Quota, quotas, type Use } from "./capacity/quotas";
import { stackPolicy, type Violation } from "./core/define";
import { show } from "./core/quantity";
import type { Resource } from "./core/resource";
import type { Stack } from "./core/stack";
import { title, type Workload } from "./workloads/types";

/** Whether namespaces are bounded, and whether what must run fits inside the bounds. */

export const namespaceRequireQuota: StackValidationPolicy = stackPolicy({
  name: "namespace-require-quota",
  description: "Every namespace of the stack has a ResourceQuota and a LimitRange.",
  *check(stack) {
    for (const namespace of stack.of("core/Namespace")) {
      for (const kind of ["ResourceQuota", "LimitRange"]) {
        // One whose namespace is not known yet may be in this.
        const within = ({ namespace: home }: Resource) => home === undefined || home === namespace.name;
        if (stack.of(`core/${kind}`).some(within)) continue;
        yield {
          on: namespace,
          field: "metadata.name",
          problem: `has no ${kind}`,
          fix: `add a ${kind} to the namespace ${namespace.name}`,
        };
      }
    }
  },
});

/** Any name that no quota mentions: pods of a class that somebody makes up. */
const UNNAMED = "a class that no quota names";

export const quotaCoverEveryPod: StackValidationPolicy = stackPolicy({
  name: "quota-cover-every-pod",
  description: "In a namespace of the stack every pod is counted by a ResourceQuota, whatever its priority class.",
  *check(stack) {
    const all = quotas(stack);
    for (const namespace of stack.of("core/Namespace")) {
      const inside = all.filter(({ namespace: home }) => home === undefined || home === namespace.name);
      // Without any it is another policy's.
      if (inside.length === 0) continue;
      const classes = [undefined, UNNAMED, ...new Set(inside.flatMap((quota) => quota.classes))];
      const free = classes.filter((one) => !inside.some(({ admits }) => admits(one)));
      if (free.length === 0) continue;
      const which = free.map((one) =>
        one === undefined ? "no priority class" : one === UNNAMED ? one : `class ${one}`,
      );
      yield {
        on: namespace,
        field: "metadata.name",
        problem: `has no ResourceQuota for pods of ${which.join(", of ")}`,
        fix: "add one whose scope is PriorityClass NotIn those that the others count",
      };
    }
  },
});

export const quotaCoverWorkloads: StackValidationPolicy = stackPolicy({
  name: "quota-cover-workloads",
  description:
    "A ResourceQuota leaves room for all pods that it counts, and for those that a roll or an operator adds.",
  *check(stack) {
    for (const quota of quotas(stack)) {
      // How many pods of a daemon there are the nodes say; those that come and go stay within the quota.
      const counted = stack.workloads.filter(
        (one) => one.lifetime !== "daemon" && one.lifetime !== "elastic" && counts(quota, one),
      );
      for (const use of limitsOf(quota)) {
        const amount = (pods: (one: Workload) => number) =>
          counted.reduce((sum, one) => sum + use.each(one) * pods(one), 0);
        const surge = amount((one) => one.surge ?? 0);
        const needed = amount((one) => one.replicas) + surge;
        const who = `the pods that it counts${surge > 0 ? ", with those that a roll adds," : ""} need`;
        if (needed > use.hard + 1e-6) yield tooSmall(quota, use, needed, who, "raise it or");
      }
    }
  },
});

function tooSmall(
  { resource }: Quota,
  { field, what, unit, hard }: Use,
  needed: number,
  who: string,
  fix: string,
): Violation {
  const write = (amount: number) => (unit === "pods" ? String(Math.ceil(amount)) : show(amount, unit));
  return {
    on: resource,
    field,
    problem: `allows ${write(hard)} (${what}), but ${who} ${write(needed)}`,
    fix: `${fix} make the pods smaller; it takes at least ${write(needed)}`,
  };
}

export const quotaReserveExecutor: StackValidationPolicy = stackPolicy({
  name: "quota-reserve-executor",
  description: "Spark drivers never fill a ResourceQuota so far that no executor can start.",
  *check(stack) {
    const pods = stack.workloads.filter(({ resource }) => resource.kind.endsWith("SparkApplication"));
    for (const executor of largest(pods, "executor")) {
      for (const quota of quotas(stack).filter((one) => counts(one, executor))) {
        // Drivers that the same quota counts all run when the executor asks for room.
        const drivers = pods.filter((one) => one.role === "driver" && counts(quota, one));
        for (const use of limitsOf(quota)) {
          const needed = drivers.reduce((sum, one) => sum + use.each(one), 0) + use.each(executor);
          if (needed <= use.hard + 1e-6) continue;
          const verb = drivers.length === 0 ? "needs" : "need";
          const who = `${drivers.length === 0 ? "" : `${String(drivers.length)} ${drivers.length === 1 ? "driver" : "drivers"} and `}one executor of ${executor.resource.name} ${verb}`;
          yield tooSmall(quota, use, needed, who, "raise it, give executors a quota of their own, or");
        }
      }
    }
    yield* driversThatNeverStart(stack, pods);
  },
});

/** A driver that its quota does not admit is never created, and the application waits for ever. */
function* driversThatNeverStart(stack: Stack, pods: readonly Workload[]): Generator<Violation> {
  for (const driver of largest(pods, "driver")) {
    for (const quota of quotas(stack).filter((one) => counts(one, driver))) {
      for (const use of limitsOf(quota)) {
        const needed = use.each(driver);
        if (needed > use.hard + 1e-6) yield tooSmall(quota, use, needed, `${title(driver)} needs`, "raise it or");
      }
    }
  }
}

/** Of each namespace, the pods of a role that request most memory: where they fit, the others do. */
function largest(pods: readonly Workload[], role: string): Workload[] {
  const byNamespace = new Map<string, Workload>();
  for (const one of pods.filter((pod) => pod.role === role)) {
    const key = `${one.namespace ?? ""} ${one.priorityClass ?? ""}`;
    const known = byNamespace.get(key);
    const memory = (of: Workload) => of.containers[0]?.requests.memory.amount ?? 0;
    if (known === undefined || memory(one) > memory(known)) byNamespace.set(key, one);
  }
  return [...byNamespace.values()];
}

export const quotaPolicies = [namespaceRequireQuota, quotaCoverEveryPod, quotaCoverWorkloads, quotaReserveExecutor];
