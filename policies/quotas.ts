import type { StackValidationPolicy } from "@pulumi/policy";

import { counts, limitsOf, type Quota, quotas, type Use } from "./capacity/quotas";
import { stackPolicy, type Violation } from "./core/define";
import { show } from "./core/quantity";
import type { Resource } from "./core/resource";
import type { Stack } from "./core/stack";
import { title, type Workload } from "./workloads/types";

/** Whether namespaces have quotas, and whether the pods that must run fit them. */

export const namespaceRequireQuota: StackValidationPolicy = stackPolicy({
  name: "namespace-require-quota",
  description: "Every namespace of the stack has a ResourceQuota and a LimitRange.",
  *check(stack) {
    for (const namespace of stack.of("core/Namespace")) {
      for (const kind of ["ResourceQuota", "LimitRange"]) {
        // An object whose namespace is unknown may be in this one.
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

/** Stands for every priority class that no quota names, in the check and in its message. */
const UNNAMED = "a class that no quota names";

export const quotaCoverEveryPod: StackValidationPolicy = stackPolicy({
  name: "quota-cover-every-pod",
  description: "In a namespace of the stack every pod is counted by a ResourceQuota, whatever its priority class.",
  *check(stack) {
    const all = quotas(stack);
    for (const namespace of stack.of("core/Namespace")) {
      const inside = all.filter(({ namespace: home }) => home === undefined || home === namespace.name);
      // `namespace-require-quota` refuses a namespace without a quota.
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
    "A ResourceQuota has room for all pods that it counts, and for those that a rolling update or an operator adds.",
  *check(stack) {
    for (const quota of quotas(stack)) {
      // The number of a DaemonSet's pods depends on the nodes; elastic pods wait until the quota has room.
      const counted = stack.workloads.filter(
        (one) => one.lifetime !== "daemon" && one.lifetime !== "elastic" && counts(quota, one),
      );
      for (const use of limitsOf(quota)) {
        const amount = (pods: (one: Workload) => number) =>
          counted.reduce((sum, one) => sum + use.each(one) * pods(one), 0);
        const surge = amount((one) => one.surge ?? 0);
        const needed = amount((one) => one.replicas) + surge;
        const who = `the pods that it counts${surge > 0 ? ", with those that a rolling update adds," : ""} need`;
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
    const starters = stack.workloads.filter(({ starts }) => starts !== undefined);
    const started = stack.workloads.filter(({ resource, role }) =>
      starters.some((one) => one.resource === resource && one.starts === role),
    );
    for (const executor of largest(started)) {
      for (const quota of quotas(stack).filter((one) => counts(one, executor))) {
        // Drivers that the same quota counts all run when the executor asks for room.
        const drivers = starters.filter((one) => counts(quota, one));
        for (const use of limitsOf(quota)) {
          const needed = drivers.reduce((sum, one) => sum + use.each(one), 0) + use.each(executor);
          if (needed <= use.hard + 1e-6) continue;
          const verb = drivers.length === 0 ? "needs" : "need";
          const [driver] = drivers;
          const others = drivers.length === 1 ? driver?.role : `${driver?.role ?? ""}s`;
          const besides = driver === undefined ? "" : `${String(drivers.length)} ${others ?? ""} and `;
          const who = `${besides}one ${executor.role} of ${executor.resource.name} ${verb}`;
          yield tooSmall(quota, use, needed, who, "raise it, give executors a quota of their own, or");
        }
      }
    }
    yield* driversThatNeverStart(stack, starters);
  },
});

/** A driver that its quota does not admit is never created, and the application waits for ever. */
function* driversThatNeverStart(stack: Stack, drivers: readonly Workload[]): Generator<Violation> {
  for (const driver of largest(drivers)) {
    for (const quota of quotas(stack).filter((one) => counts(one, driver))) {
      for (const use of limitsOf(quota)) {
        const needed = use.each(driver);
        if (needed > use.hard + 1e-6) yield tooSmall(quota, use, needed, `${title(driver)} needs`, "raise it or");
      }
    }
  }
}

/** The workload with the largest memory request of each namespace and priority class; if it fits, the others fit. */
function largest(pods: readonly Workload[]): Workload[] {
  const byNamespace = new Map<string, Workload>();
  for (const one of pods) {
    const key = `${one.namespace ?? ""} ${one.priorityClass ?? ""}`;
    const known = byNamespace.get(key);
    const memory = (of: Workload) => of.containers[0]?.requests.memory.amount ?? 0;
    if (known === undefined || memory(one) > memory(known)) byNamespace.set(key, one);
  }
  return [...byNamespace.values()];
}

export const quotaPolicies = [namespaceRequireQuota, quotaCoverEveryPod, quotaCoverWorkloads, quotaReserveExecutor];
