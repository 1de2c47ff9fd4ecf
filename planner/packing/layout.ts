import { addRoom, copyRoom, fits, type Problem, type Queue, type Room } from "./problem";

/** A packing in progress: free room by node, and in `seats[queue][node]` the number of placed pods. */
export interface Layout {
  readonly free: readonly Room[];
  readonly seats: readonly number[][];
}

export function emptyLayout(problem: Problem): Layout {
  return { free: problem.limits.map(copyRoom), seats: problem.queues.map(() => problem.nodes.map(() => 0)) };
}

/** Places `count` pods of a queue on a node; a negative count removes pods. */
export function seat(problem: Problem, layout: Layout, queue: number, node: number, count: number): void {
  addRoom(layout.free[node]!, problem.queues[queue]!.pod, -count);
  layout.seats[queue]![node]! += count;
}

/** Whether `one-per-node` allows another pod on a node. `apart` is only a preference (see `candidates`). */
export function spreadAllows(layout: Layout, queue: number, of: Queue, node: number): boolean {
  return of.group.spread !== "one-per-node" || layout.seats[queue]![node] === 0;
}

/** Nodes with room for one more pod of a queue, in the scheduler's order of preference. */
export function candidates(problem: Problem, layout: Layout, queue: number): number[] {
  return open(problem, layout, queue).sort(preference(problem, layout, queue));
}

/** The first of `candidates`, without the cost of sorting them; undefined if there is none. */
export function preferred(problem: Problem, layout: Layout, queue: number): number | undefined {
  const before = preference(problem, layout, queue);
  let best: number | undefined;
  for (const node of open(problem, layout, queue)) if (best === undefined || before(node, best) < 0) best = node;
  return best;
}

/** Nodes with room for one more pod of a queue, in the order of the nodes. */
export function open(problem: Problem, layout: Layout, queue: number): number[] {
  const of = problem.queues[queue]!;
  return of.eligible.filter((node) => fits(of.pod, layout.free[node]!) && spreadAllows(layout, queue, of, node));
}

/** Fewer pods of an `apart` group, an earlier pool, more memory left, an earlier name. Compared by hand: it runs for each pod and node. */
function preference(problem: Problem, layout: Layout, queue: number): (one: number, other: number) => number {
  const { group, preference: pools } = problem.queues[queue]!;
  const seats = layout.seats[queue]!;
  return (one, other) =>
    (group.spread === "apart" ? seats[one]! - seats[other]! : 0) ||
    pools[one]! - pools[other]! ||
    requestedShare(problem, layout, one) - requestedShare(problem, layout, other) ||
    one - other;
}

function requestedShare(problem: Problem, layout: Layout, node: number): number {
  const limit = problem.limits[node]!.memory;
  return limit <= 0 ? 1 : 1 - layout.free[node]!.memory / limit;
}

/** Number of unplaced pods of a queue. */
export function pending(problem: Problem, layout: Layout, queue: number): number {
  return problem.queues[queue]!.replicas - layout.seats[queue]!.reduce((sum, count) => sum + count, 0);
}

/** `pending` of every queue. */
export function waiting(problem: Problem, layout: Layout): number[] {
  return problem.queues.map((_, queue) => pending(problem, layout, queue));
}
