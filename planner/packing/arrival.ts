import { by } from "../order";
import { emptyLayout, type Layout, pending, preferred, seat, waiting } from "./layout";
import { preempt, priority } from "./preempt";
import type { Problem } from "./problem";

/** Most orders that are tried, and most pairs of a pod and a node in all of them but the first. */
const ORDERS = 12;
const PAIRS = 60_000;
/** Rounds in which pods that had to go for others look for a node again. */
const ROUNDS = 4;

/**
 * A layout in which the scheduler leaves pods without a node, although another layout has one for each: it takes pods as they come,
 * and moves none. Small pods that come first leave room in pieces. Orders are tried, the smallest pods first and then by chance, always
 * the same; undefined if all pods find a node in each.
 */
export function crowded(problem: Problem): Layout | undefined {
  const pods = problem.queues.flatMap(({ replicas }, queue) => Array.from({ length: replicas }, () => queue));
  const orders = Math.max(1, Math.min(ORDERS, Math.floor(PAIRS / Math.max(1, pods.length * problem.nodes.length))));
  const chance = generator();
  for (let order = 0; order < orders; order++) {
    const layout = arrive(problem, order === 0 ? smallestFirst(problem, pods) : shuffled(pods, chance));
    if (waiting(problem, layout).some((count) => count > 0)) return layout;
  }
  return undefined;
}

/** Places pods one after another. Existing pods are there already. */
function arrive(problem: Problem, pods: readonly number[]): Layout {
  const layout = emptyLayout(problem);
  const isThere = (queue: number) => problem.queues[queue]!.group.origin === "existing";
  const place = (queue: number): boolean => {
    const node = preferred(problem, layout, queue) ?? preempt(problem, layout, queue);
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
