import { by } from "../order";
import { emptyLayout, type Layout, open, pending, preferred, seat, waiting } from "./layout";
import { preempt, priority } from "./preempt";
import type { Problem } from "./problem";

/** Most orders that are tried, and most pairs of a pod and a node in all of them but the first. */
const ORDERS = 24;
const PAIRS = 120_000;
/** Rounds in which pods that had to go for others look for a node again. */
const ROUNDS = 4;

/**
 * A layout in which the scheduler leaves pods without a node, although another layout has one for each: it takes pods as they come,
 * and moves none. Small pods that come first leave room in pieces, and large ones may take a node that others need. Orders are tried:
 * by size from either end, then by chance, with each group that needs a node for each pod at the end of some. They are always the
 * same; undefined if all pods find a node in each.
 */
export function crowded(problem: Problem): Layout | undefined {
  const pods = problem.queues.flatMap(({ replicas }, queue) => Array.from({ length: replicas }, () => queue));
  const orders = Math.max(1, Math.min(ORDERS, Math.floor(PAIRS / Math.max(1, pods.length * problem.nodes.length))));
  const chance = generator();
  const small = smallestFirst(problem, pods);
  const bySize = [small, small.toReversed()];
  const hard = problem.queues.flatMap(({ group }, queue) => (group.spread === "one-per-node" ? [queue] : []));
  for (let order = 0; order < orders; order++) {
    // Pods that need a node each have the least choice when they come last.
    const last = hard[Math.floor(order / 2) - 1];
    const come = bySize[order] ?? shuffled(pods, chance).toSorted(by((queue) => Number(queue === last)));
    const layout = arrive(problem, come, order % 2 === 0 || order < bySize.length ? undefined : chance);
    if (waiting(problem, layout).some((count) => count > 0)) return layout;
  }
  return undefined;
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
