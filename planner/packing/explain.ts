import { GiB } from "../../components/core/quantity";
import { BUFFER, isInPools, nodeLimit, type Node, repelling, taintText } from "../../components/core/node";
import { groupName, type Resources } from "../../components/core/pod-group";
import type { Shortage, UnplacedPod } from "../plan";
import { by } from "../order";
import { cores, gib, list } from "../report/format";
import { spreadAllows, waiting, type Layout } from "./layout";
import { toResources, type Problem, type Queue, type Room } from "./problem";

/** Most nodes that a reason names; it counts the others. */
const MAX_NAMED = 3;

interface Unplaced {
  readonly queue: number;
  readonly of: Queue;
  readonly shortage: Shortage;
  /** The node that would have to grow for this pod: the largest that may run it. */
  readonly target: number | undefined;
}

/** One entry for each pod without a node: the reason, and the capacity with which a node would take it. */
export function explain(problem: Problem, layout: Layout, proven: boolean): UnplacedPod[] {
  const extra = problem.nodes.map((): Room => ({ memory: 0, cpu: 0 }));
  const unplaced = waiting(problem, layout).flatMap((count, queue): Unplaced[] => {
    const targets = bySize(
      problem,
      problem.queues[queue]!.eligible.filter((node) => open(problem, layout, queue, node)),
    );
    return Array.from({ length: count }, (_, index) => {
      const of = problem.queues[queue]!;
      const target = of.group.spread === "one-per-node" ? targets[index] : targets[0];
      if (target !== undefined) {
        extra[target]!.memory += of.pod.memory;
        extra[target]!.cpu += of.pod.cpu;
      }
      return { queue, of, target, shortage: shortageOf(problem, layout, queue, index) };
    });
  });
  return unplaced.map(({ queue, of, target, shortage }) => {
    const needs = target === undefined ? undefined : needed(problem, layout, target, extra[target]!);
    const { service, role, requests, origin } = of.group;
    return {
      service,
      role,
      cpu: requests.cpu,
      memory: requests.memory,
      ...(origin === "existing" && { existing: true }),
      reason: reason(problem, layout, queue, shortage) + hint(problem, target, needs) + (proven ? "" : CAVEAT),
      shortage,
      ...(needs && { needs }),
    };
  });
}

const CAVEAT = "; the search ended early, so a placement may exist";

function open(problem: Problem, layout: Layout, queue: number, node: number): boolean {
  return spreadAllows(layout, queue, problem.queues[queue]!, node);
}

function bySize(problem: Problem, nodes: readonly number[]): number[] {
  const capacity = (node: number) => problem.nodes[node]!.capacity;
  return nodes.toSorted(
    by(
      (node) => -capacity(node).memory,
      (node) => -capacity(node).cpu,
      (node) => node,
    ),
  );
}

/** @param index number of unplaced pods of the group before this one */
function shortageOf(problem: Problem, layout: Layout, queue: number, index: number): Shortage {
  const of = problem.queues[queue]!;
  if (of.eligible.length === 0) return "pool";
  const nodes = of.eligible.filter((node) => open(problem, layout, queue, node));
  if (nodes.length === 0 || (of.group.spread === "one-per-node" && index >= nodes.length)) return "spread";
  return nodes.some((node) => of.pod.memory <= layout.free[node]!.memory) ? "cpu" : "memory";
}

function reason(problem: Problem, layout: Layout, queue: number, shortage: Shortage): string {
  const of = problem.queues[queue]!;
  const { pools, requests, replicas } = of.group;
  const where = pools.length === 0 ? "without a taint" : `of pool${pools.length > 1 ? "s" : ""} ${pools.join(", ")}`;
  const count = `${String(of.eligible.length)} node${of.eligible.length === 1 ? "" : "s"} ${where}`;
  switch (shortage) {
    case "pool":
      return `there is no node ${where}${repelled(problem, of)}`;
    case "spread":
      return `one per node: ${String(replicas)} replicas of ${groupName(of.group)} need as many nodes, and there ${of.eligible.length === 1 ? "is" : "are"} ${count}`;
    case "memory":
      return `no node ${where} has ${gib(requests.memory)} free: ${rooms(problem, layout, queue, "memory", gib)}`;
    case "cpu":
      return `no node ${where} has ${cores(requests.cpu)} free together with ${gib(requests.memory)}: ${rooms(problem, layout, queue, "cpu", cores)}`;
  }
}

/** ` without a taint that they do not tolerate (k8s-1 node-role…:NoSchedule)`; empty if no taint repels these pods. */
function repelled({ nodes }: Problem, { group }: Queue): string {
  const found = nodes
    .filter((node) => isInPools(group, node))
    .map((node) => ({ node, taints: repelling(node.taints, group.tolerations) }));
  const kept = found.filter(({ taints }) => taints.length > 0);
  if (kept.length === 0) return "";
  const named = kept.slice(0, MAX_NAMED).map(({ node, taints }) => `${node.name} ${taints.map(taintText).join(" ")}`);
  const others = kept.length - named.length;
  const all = list(others > 0 ? [...named, `${String(others)} others`] : named);
  return ` without a taint that they do not tolerate (${all}), so they stay pending; add the taint to the pool's tolerations`;
}

/** `k8s-2 has 16 of 56 GiB left, k8s-1 already runs one`, the node with most room first. */
function rooms(
  problem: Problem,
  layout: Layout,
  queue: number,
  what: keyof Room,
  write: (amount: number) => string,
): string {
  const nodes = problem.queues[queue]!.eligible.toSorted(
    by(
      (node) => -layout.free[node]![what],
      (node) => node,
    ),
  );
  const named = nodes.slice(0, MAX_NAMED).map((node) => {
    const { name, limit } = problem.nodes[node]!;
    if (!open(problem, layout, queue, node)) return `${name} already runs one`;
    const left = write(toResources(layout.free[node]!)[what]).replace(/ .*/, "");
    return `${name} has ${left} of ${write(limit[what])} left`;
  });
  const others = nodes.length - named.length;
  return list(others > 0 ? [...named, `${String(others)} others have no more`] : named);
}

function hint(problem: Problem, target: number | undefined, needs: Resources | undefined): string {
  if (target === undefined || needs === undefined) return "";
  const { name, capacity } = problem.nodes[target]!;
  const parts = [
    ...(needs.memory > capacity.memory ? [`${gib(needs.memory)} of memory (now ${gib(capacity.memory)})`] : []),
    ...(needs.cpu > capacity.cpu ? [`${cores(needs.cpu)} (now ${cores(capacity.cpu)})`] : []),
  ];
  return parts.length === 0 ? "" : `; it fits when ${name} has ${parts.join(" and ")}`;
}

/** The smallest capacity, in whole GiB and cores, whose limit holds the pods on a node and `extra`. */
function needed(problem: Problem, layout: Layout, index: number, extra: Room): UnplacedPod["needs"] {
  const node = problem.nodes[index]!;
  const limit = problem.limits[index]!;
  const free = layout.free[index]!;
  const grow = (of: keyof Room, step: number): number => {
    const want = toResources({ ...limit, [of]: limit[of] - free[of] + extra[of] })[of];
    if (want <= node.limit[of]) return node.capacity[of];
    let steps = Math.ceil((node.system[of] + want / shareOf(node, of)) / step - 1e-6);
    // The limit is rounded down, so the exact inverse may be slightly too small.
    while (limitOf(node, of, steps * step) < want) steps++;
    return steps * step;
  };
  return { node: node.name, memory: grow("memory", GiB), cpu: grow("cpu", 1) };
}

function shareOf(node: Node, of: keyof Resources): number {
  const share = node.limit[of] / (node.capacity[of] - node.system[of]);
  return Number.isFinite(share) && share > 0 ? share : BUFFER;
}

function limitOf(node: Node, of: keyof Resources, capacity: number): number {
  return nodeLimit({ ...node.capacity, [of]: capacity }, node.system, shareOf(node, of))[of];
}
