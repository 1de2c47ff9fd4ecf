import { atLeastUnplaced } from "./bound";
import { greedy } from "./greedy";
import { candidates, emptyLayout, seat, waiting, type Layout } from "./layout";
import type { Problem } from "./problem";

/** Steps that one packing may spend on proving that there is no better one; about 20 µs each. */
const BUDGET = 20_000;

/** Beyond this many pods the search could not finish anyway. */
const MOST_PODS = 250;

export interface Found {
  readonly layout: Layout;
  /** True when the verdict is certain: every pod has a node, or no layout gives every pod one. */
  readonly proven: boolean;
}

/**
 * The layout that leaves the fewest pods without a node: greedy rounds first, and where those leave more than they
 * must, depth first in the order of the queues and of their preferences, with one more unplaced pod allowed each time.
 */
export function search(problem: Problem): Found {
  const least = atLeastUnplaced(problem, emptyLayout(problem), 0, 0);
  const start = greedy(problem, least);
  const before = total(waiting(problem, start));
  if (before <= least) return { layout: start, proven: true };
  if (total(problem.queues.map((of) => of.replicas)) > MOST_PODS) return { layout: start, proven: least > 0 };

  const classes = interchangeable(problem);
  let steps = 0;
  for (let skips = least; skips < before; skips++) {
    const layout = emptyLayout(problem);
    const failed = new Set<string>();
    if (descend(0, 0, skips)) return { layout, proven: true };
    if (steps >= BUDGET) return { layout: start, proven: skips > 0 };

    function descend(queue: number, seated: number, left: number): boolean {
      const of = problem.queues[queue];
      if (of === undefined) return true;
      if (seated === of.replicas) return descend(queue + 1, 0, left);
      if (steps++ >= BUDGET || atLeastUnplaced(problem, layout, queue, seated) > left) return false;
      const state = fingerprint(layout, queue, seated, left);
      if (failed.has(state)) return false;
      for (const node of candidates(problem, layout, queue)) {
        seat(problem, layout, queue, node, 1);
        if (descend(queue, seated + 1, left)) return true;
        seat(problem, layout, queue, node, -1);
      }
      const rest = of.replicas - seated;
      if (rest <= left && descend(queue + 1, 0, left - rest)) return true;
      failed.add(state);
      return false;
    }
  }
  return { layout: start, proven: true };

  /** Equal for layouts that differ only by an exchange of like nodes; what is seated already matters only by its room. */
  function fingerprint(layout: Layout, queue: number, seated: number, left: number): string {
    const hard = problem.queues[queue]!.group.spread === "one-per-node";
    const rooms = classes.map((nodes) =>
      nodes
        .map((node) => {
          const { memory, cpu } = layout.free[node]!;
          return `${memory},${cpu}${hard && layout.seats[queue]![node]! > 0 ? "x" : ""}`;
        })
        .sort()
        .join(";"),
    );
    return `${queue}:${seated}:${left}|${rooms.join("|")}`;
  }
}

/** Nodes that the same queues may use. */
function interchangeable(problem: Problem): readonly number[][] {
  const groups = new Map<string, number[]>();
  problem.nodes.forEach((_, node) => {
    const users = problem.queues.map((of) => Number(of.eligible.includes(node))).join("");
    groups.set(users, [...(groups.get(users) ?? []), node]);
  });
  return [...groups.values()];
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
