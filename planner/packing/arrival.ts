import { by } from "../order";
import { emptyLayout, type Layout, open, pending, preferred, seat, waiting } from "./layout";
import { preempt, priority } from "./preempt";
import type { Problem, Queue } from "./problem";

/** Most orders that are tried of a part, and most pairs of a pod and a node in all of them but the first. */
const ORDERS = 24;
const PAIRS = 120_000;
/** Rounds in which pods that had to go for others look for a node again. */
const ROUNDS = 4;

/**
 * A layout in which the scheduler leaves pods without a node, although another layout has one for each: it takes pods as they come,
 * and moves none. Small pods that come first leave room in pieces, and large ones may take a node that others need. Parts of a stack
 * that share no node are tried each by itself, so that a large stack has as many orders as a small one; undefined if all pods find a
 * node in each order.
 */
export function crowded(problem: Problem): Layout | undefined {
  const found = parts(problem).map((part) => ({
    part,
    ...crowdedPart({ ...problem, queues: part.map(({ queue }) => queue) }),
  }));
  if (!found.some(({ late }) => late)) return undefined;
  const whole = emptyLayout(problem);
  for (const { part, layout } of found)
    layout.seats.forEach((seats, at) => {
      seats.forEach((count, node) => {
        if (count > 0) seat(problem, whole, part[at]!.index, node, count);
      });
    });
  return whole;
}

/**
 * Orders of one part: by size from either end, then by chance, with each group that needs a node for each pod at the end of some. They
 * are always the same. The layout is that of the first order that leaves a pod without a node, otherwise of the smallest first.
 */
function crowdedPart(part: Problem): { readonly layout: Layout; readonly late: boolean } {
  const pods = part.queues.flatMap(({ replicas }, queue) => Array.from({ length: replicas }, () => queue));
  const nodes = new Set(part.queues.flatMap(({ eligible }) => eligible)).size;
  // On a node of their own pods have no choice, so any order is as good.
  const most = nodes === 1 ? 1 : ORDERS;
  const orders = Math.max(1, Math.min(most, Math.floor(PAIRS / Math.max(1, pods.length * nodes))));
  const chance = generator();
  const small = smallestFirst(part, pods);
  const bySize = [small, small.toReversed()];
  const hard = part.queues.flatMap(({ group }, queue) => (group.spread === "one-per-node" ? [queue] : []));
  let first: Layout | undefined;
  for (let order = 0; order < orders; order++) {
    // Pods that need a node each have the least choice when they come last.
    const last = hard[Math.floor(order / 2) - 1];
    const come = bySize[order] ?? shuffled(pods, chance).toSorted(by((queue) => Number(queue === last)));
    const layout = arrive(part, come, order % 2 === 0 || order < bySize.length ? undefined : chance);
    if (waiting(part, layout).some((count) => count > 0)) return { layout, late: true };
    first ??= layout;
  }
  return { layout: first!, late: false };
}

interface PartQueue {
  readonly queue: Queue;
  /** In the queues of the whole problem. */
  readonly index: number;
}

/**
 * Queues by the nodes that their pods may share, directly or by way of others. Pods that are on each of their nodes, as those of a
 * DaemonSet, have no choice: they are in each part with its nodes, and join none.
 */
function parts({ nodes, queues }: Problem): PartQueue[][] {
  const part = nodes.map((_, node) => node);
  const isEverywhere = ({ group, replicas, eligible }: Queue) =>
    group.spread === "one-per-node" && replicas === eligible.length;
  for (const { eligible } of queues.filter((queue) => !isEverywhere(queue))) {
    const joined = new Set(eligible.map((node) => part[node]!));
    const [first = 0] = joined;
    part.forEach((of, node) => {
      if (joined.has(of)) part[node] = first;
    });
  }
  return [...new Set(part)].map((of) =>
    queues.flatMap((queue, index) => {
      const eligible = queue.eligible.filter((node) => part[node] === of);
      if (eligible.length === 0) return [];
      return [{ index, queue: isEverywhere(queue) ? { ...queue, eligible, replicas: eligible.length } : queue }];
    }),
  );
}

/**
 * Places pods one after another. Existing pods are there already.
 * @param chance chooses among the nodes of a pool, as nobody foresees all of a scheduler's scores; without it, the plan's preference does
 */
function arrive(problem: Problem, pods: readonly number[], chance?: () => number): Layout {
  const layout = emptyLayout(problem);
  const isThere = (queue: number) => problem.queues[queue]!.group.origin === "existing";
  const place = (queue: number): boolean => {
    const node =
      (chance === undefined ? preferred(problem, layout, queue) : anyOf(firstPool(problem, layout, queue), chance)) ??
      preempt(problem, layout, queue);
    if (node !== undefined) seat(problem, layout, queue, node, 1);
    return node !== undefined;
  };
  for (const queue of pods) if (isThere(queue)) place(queue);
  for (const queue of pods) if (!isThere(queue)) place(queue);
  const urgent = problem.queues
    .map((_, queue) => queue)
    .toSorted(by((queue) => -priority(problem.queues[queue]!.group)));
  for (let round = 0; round < ROUNDS; round++)
    for (const queue of urgent) for (let left = pending(problem, layout, queue); left > 0 && place(queue); left--);
  return layout;
}

/** Nodes with room of the first pool that has some. */
function firstPool(problem: Problem, layout: Layout, queue: number): readonly number[] {
  const nodes = open(problem, layout, queue);
  const { preference } = problem.queues[queue]!;
  const first = nodes.reduce((least, node) => Math.min(least, preference[node]!), Infinity);
  return nodes.filter((node) => preference[node] === first);
}

const anyOf = (nodes: readonly number[], chance: () => number): number | undefined =>
  nodes[Math.floor(chance() * nodes.length)];

const smallestFirst = ({ queues }: Problem, pods: readonly number[]): number[] =>
  pods.toSorted(
    by<number>(
      (queue) => queues[queue]!.pod.memory,
      (queue) => queues[queue]!.pod.cpu,
      (queue) => queue,
    ),
  );

function shuffled(pods: readonly number[], chance: () => number): number[] {
  const all = [...pods];
  for (let at = all.length - 1; at > 0; at--) {
    const other = Math.floor(chance() * (at + 1));
    [all[at], all[other]] = [all[other]!, all[at]!];
  }
  return all;
}

/** Numbers from 0 to 1 in an order that is the same each time (mulberry32): a plan depends on nothing but its stack. */
function generator(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
