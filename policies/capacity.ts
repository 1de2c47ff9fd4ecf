import type { StackValidationPolicy } from "@pulumi/policy";

import {
  type Capacity,
  CAPACITY_CONFIG,
  capacityOf,
  type Demand,
  demandOf,
  NO_CAPACITY,
  type Node,
  poolLabel,
  poolsOf,
} from "./capacity/model";
import { unions } from "./capacity/pools";
import { taintText } from "./capacity/taints";
import { counts, type Quota, quotas } from "./capacity/quotas";
import { type Config, stackPolicy, type Violation } from "./core/define";
import { parseQuantity, RESOURCE_NAMES, show } from "./core/quantity";
import type { Stack } from "./core/stack";
import { disks } from "./disks";
import type { Workload } from "./workloads/types";

/** Whether the pods of the stack fit the nodes. These bounds are necessary and not sufficient: the pack places no single pod. */

const COMMON = {
  config: CAPACITY_CONFIG,
  notApplicable: (stack: Stack, config: Config) => (capacityOf(stack, config) === undefined ? NO_CAPACITY : undefined),
};

export const podFitNode: StackValidationPolicy = stackPolicy({
  ...COMMON,
  name: "pod-fit-node",
  description: "Every pod fits into the limit of at least one node of the pools that it may run in.",
  *check(stack, config) {
    const capacity = capacityOf(stack, config);
    if (capacity === undefined) return;
    for (const { workload, each, places } of deployed(stack, config, capacity)) {
      if (workload === undefined) continue;
      const eligible = capacity.nodes.filter(({ place }) => places.includes(place));
      const fits = eligible.some(({ limit }) => each.cpu <= limit.cpu && each.memory <= limit.memory);
      if (fits) continue;
      const largest = eligible.toSorted((a, b) => b.limit.memory - a.limit.memory)[0];
      yield {
        on: workload.resource,
        field: workload.containers[0]?.requests.memory.field ?? "spec",
        problem:
          largest === undefined
            ? noEligibleNode(workload, poolLabel(config), capacity)
            : `requests ${show(each.memory, "memory")} and ${show(each.cpu, "cpu")} for a pod, but the largest node of ${places.join(", ")} (${largest.name}) has ${show(largest.limit.memory, "memory")} and ${show(largest.limit.cpu, "cpu")}`,
        fix:
          largest === undefined && taintedNodes(workload, poolLabel(config), capacity).length > 0
            ? "tolerate the taints, or allow a pool without them"
            : "make the pod smaller, or allow a pool with larger nodes",
      };
    }
  },
});

/** Nodes in the workload's pools that repel pods by taints of their own. */
function taintedNodes(workload: Workload, label: string, { nodes }: Capacity): readonly Node[] {
  const pools = poolsOf(workload, label, nodes);
  return nodes.filter(({ pool, taints }) => pools.includes(pool) && taints.length > 0);
}

function noEligibleNode(workload: Workload, label: string, capacity: Capacity): string {
  const pools = poolsOf(workload, label, capacity.nodes).join(", ") || "none";
  const tainted = taintedNodes(workload, label, capacity);
  if (tainted.length === 0) return `may run only in pools without nodes (${pools})`;
  const named = tainted.slice(0, 3).map(({ name, taints }) => `${name} ${taints.map(taintText).join(" ")}`);
  return `does not tolerate the taints of any node of ${pools} (${named.join(", ")})`;
}

export const poolLimitRequests: StackValidationPolicy = stackPolicy({
  ...COMMON,
  name: "pool-limit-requests",
  description: "All pods that may only run in certain pools fit together into the limits of those pools' nodes.",
  *check(stack, config) {
    const capacity = capacityOf(stack, config);
    if (capacity === undefined) return;
    // A Job that runs once is left out: it uses the nodes' buffer while it runs.
    const staying = deployed(stack, config, capacity).filter(({ workload }) => workload?.lifetime !== "once");
    const demands = [...reserved(stack, staying), ...capacity.existing];
    const crowded: (readonly string[])[] = [];
    for (const pools of unions(demands.map((demand) => demand.places))) {
      // Some of these pools exceed their limit without the others, and that message is more exact.
      if (crowded.some((smaller) => smaller.every((pool) => pools.includes(pool)))) continue;
      const violations = [...overfull(pools, demands, capacity)];
      if (violations.length > 0) crowded.push(pools);
      yield* violations;
    }
  },
});

function* overfull(pools: readonly string[], demands: readonly Demand[], { nodes }: Capacity): Generator<Violation> {
  // A pod without an eligible node takes no room; `pod-fit-node` refuses it.
  const within = demands.filter(({ places }) => places.length > 0 && places.every((place) => pools.includes(place)));
  const inside = nodes.filter(({ place }) => pools.includes(place));
  for (const name of RESOURCE_NAMES) {
    const requested = within.reduce((sum, { each, count }) => sum + each[name] * count, 0);
    const limit = inside.reduce((sum, node) => sum + node.limit[name], 0);
    // Tolerance for rounding errors in sums of decimal cores.
    if (requested <= limit + 1e-6) continue;
    const largest = within.toSorted((a, b) => b.each[name] * b.count - a.each[name] * a.count)[0];
    yield {
      on: largest?.resource,
      field: `pool ${pools.join(" + ")}`,
      problem: `${largest?.resource === undefined ? "pods bring" : "brings"} the requests of ${name} in pool ${pools.join(" + ")} to ${show(requested, name)}, over the ${show(limit, name)} of its nodes (${inside.map((node) => node.name).join(", ")})`,
      fix: `lower the requests by ${show(requested - limit, name)}, add a node, or allow another pool`,
    };
  }
}

function deployed(stack: Stack, config: Config, { nodes }: Capacity): Demand[] {
  return stack.workloads.map((workload) => demandOf(workload, poolLabel(config), nodes));
}

/**
 * What pods may request at most. Elastic pods (Spark) come and go, so the quota of their priority class stands for them, however
 * many the stack lists.
 */
function reserved(stack: Stack, demands: readonly Demand[]): Demand[] {
  const counted = (quota: Quota) => demands.filter(({ workload }) => workload !== undefined && counts(quota, workload));
  const elastic = (pods: readonly Demand[]) => pods.every(({ workload }) => workload?.lifetime === "elastic");
  const scoped = quotas(stack).filter((quota) => quota.scoped && counted(quota).length > 0 && elastic(counted(quota)));
  const free = demands.filter((demand) => !scoped.some((quota) => counted(quota).includes(demand)));
  return [...free, ...scoped.map((quota) => reservation(quota, counted(quota)))];
}

function reservation({ resource, hard }: Quota, pods: readonly Demand[]): Demand {
  const [cpu = 0, memory = 0] = RESOURCE_NAMES.map(
    (name) =>
      parseQuantity(hard.at(`requests.${name}`).or(hard.at(name)).value) ??
      pods.reduce((sum, { each, count }) => sum + each[name] * count, 0),
  );
  const places = [...new Set(pods.flatMap((one) => one.places))];
  return { resource, each: { cpu, memory }, count: 1, places };
}

export const capacity = [podFitNode, poolLimitRequests, ...disks];
