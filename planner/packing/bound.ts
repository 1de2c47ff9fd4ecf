import { spreadAllows, type Layout } from "./layout";
import type { Problem } from "./problem";

/**
 * A lower bound for the number of unplaced pods of the queues from `queue` on; `seated` pods of the first have a node already.
 * A search may stop at a layout whose bound exceeds the allowed number.
 */
export function atLeastUnplaced(problem: Problem, layout: Layout, queue: number, seated: number): number {
  const rest = problem.queues
    .slice(queue)
    .map((of, index) => ({ of, pods: of.replicas - (index === 0 ? seated : 0), index: queue + index }));
  const alone = rest.reduce((sum, { of, pods, index }) => {
    const room = of.eligible.reduce((seats, node) => seats + seatsOn(problem, layout, index, node), 0);
    return sum + Math.max(0, pods - room);
  }, 0);
  const together = distinct(rest.map(({ of }) => of.eligible)).map((nodes) => {
    const among = new Set(nodes);
    const inside = rest.filter(({ of }) => of.eligible.every((node) => among.has(node)));
    return Math.max(missing("memory", nodes, inside), missing("cpu", nodes, inside));
  });
  return Math.max(alone, ...together);

  /** Least number of pods to leave out, the largest first, until the rest requests no more than these nodes have. */
  function missing(what: "memory" | "cpu", nodes: readonly number[], inside: typeof rest): number {
    let over = inside.reduce((sum, { of, pods }) => sum + of.pod[what] * pods, 0);
    for (const node of nodes) over -= Math.max(0, layout.free[node]![what]);
    let count = 0;
    for (const { of, pods } of inside.toSorted((a, b) => b.of.pod[what] - a.of.pod[what])) {
      if (over <= 0) break;
      const out = Math.min(pods, Math.ceil(over / of.pod[what]));
      over -= out * of.pod[what];
      count += out;
    }
    return count;
  }
}

function seatsOn(problem: Problem, layout: Layout, queue: number, node: number): number {
  const of = problem.queues[queue]!;
  if (!spreadAllows(layout, queue, of, node)) return 0;
  const { memory, cpu, disks = [] } = layout.free[node]!;
  if (memory < 0 || cpu < 0) return 0;
  const times = (free: number, each: number) => (each > 0 ? Math.floor(free / each) : Infinity);
  const seats = Math.min(
    times(memory, of.pod.memory),
    times(cpu, of.pod.cpu),
    ...disks.map((free, at) => times(free, of.pod.disks![at]!)),
  );
  return of.group.spread === "one-per-node" ? Math.min(1, seats) : seats;
}

function distinct(sets: readonly (readonly number[])[]): (readonly number[])[] {
  return [...new Map(sets.map((nodes) => [nodes.join(), nodes])).values()];
}
