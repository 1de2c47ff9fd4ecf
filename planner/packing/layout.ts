import { by } from "../order";
import { fits, type Problem, type Queue, type Room } from "./problem";

/** A packing in progress: free room by node, and in `seats[queue][node]` the number of placed pods. */
export interface Layout {
  readonly free: readonly Room[];
  readonly seats: readonly number[][];
}

export function emptyLayout(problem: Problem): Layout {
  return {
    free: problem.limits.map((limit) => ({ ...limit })),
    seats: problem.queues.map(() => problem.nodes.map(() => 0)),
  };
}

/** Places `count` pods of a queue on a node; a negative count removes pods. */
export function seat(problem: Problem, layout: Layout, queue: number, node: number, count: number): void {
  const { pod } = problem.queues[queue]!;
  layout.free[node]!.memory -= pod.memory * count;
  layout.free[node]!.cpu -= pod.cpu * count;
  layout.seats[queue]![node]! += count;
}

/** Whether `one-per-node` allows another pod on a node. `apart` is only a preference (see `candidates`). */
export function spreadAllows(layout: Layout, queue: number, of: Queue, node: number): boolean {
  return of.group.spread !== "one-per-node" || layout.seats[queue]![node] === 0;
}

/** Nodes with room for one more pod of a queue, in the scheduler's order of preference. */
export function candidates(problem: Problem, layout: Layout, queue: number): number[] {
  const of = problem.queues[queue]!;
  const open = of.eligible.filter((node) => fits(of.pod, layout.free[node]!) && spreadAllows(layout, queue, of, node));
  return open.sort(
    by(
      (node) => (of.group.spread === "apart" ? layout.seats[queue]![node]! : 0),
      (node) => of.preference[node]!,
      (node) => requestedShare(problem, layout, node),
      (node) => node,
    ),
  );
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
