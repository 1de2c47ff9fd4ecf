import { atLeastUnplaced } from "./bound";
import { greedy } from "./greedy";
import { candidates, emptyLayout, seat, waiting, type Layout } from "./layout";
import type { Problem } from "./problem";

/** Most steps of one search of a small stack; each takes about 20 µs. */
const BUDGET = 20_000;
/** Steps of larger stacks take longer, so they have fewer: this many pairs of a queue and a node, and no fewer steps than these. */
const PAIRS = 4_000_000;
const LEAST_STEPS = 500;

const budgetOf = ({ queues, nodes }: Problem): number =>
  Math.max(LEAST_STEPS, Math.min(BUDGET, Math.floor(PAIRS / Math.max(1, queues.length * nodes.length))));

/** With more pods than this, the search cannot finish within the budget. */
const MOST_PODS = 250;

export interface Found {
  readonly layout: Layout;
  /** True if the verdict is certain: every pod has a node, or no layout gives every pod one. */
  readonly proven: boolean;
}

/**
 * The layout with the fewest unplaced pods. Greedy rounds come first. If they leave more pods than the lower bound, a depth-first
 * search follows, in the order of queues and preferences, with one more unplaced pod allowed in each iteration.
 */
export function search(problem: Problem, budget = budgetOf(problem)): Found {
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
    if (steps >= budget) return { layout: start, proven: skips > 0 };

    function descend(queue: number, seated: number, left: number): boolean {
      const of = problem.queues[queue];
      if (of === undefined) return true;
      if (seated === of.replicas) return descend(queue + 1, 0, left);
      if (steps++ >= budget || atLeastUnplaced(problem, layout, queue, seated) > left) return false;
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

  /** Equal for layouts that differ only by swapped nodes of a class. Placed pods matter only by the room that they leave. */
  function fingerprint(layout: Layout, queue: number, seated: number, left: number): string {
    const hard = problem.queues[queue]!.group.spread === "one-per-node";
    const rooms = classes.map((nodes) =>
      nodes
        .map((node) => {
          const { memory, cpu, disks = [] } = layout.free[node]!;
          return `${[memory, cpu, ...disks].join()}${hard && layout.seats[queue]![node]! > 0 ? "x" : ""}`;
        })
        .sort()
        .join(";"),
    );
    return `${queue}:${seated}:${left}|${rooms.join("|")}`;
  }
}

/** Classes of nodes that the same queues may use. */
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
