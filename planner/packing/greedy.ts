import { candidates, emptyLayout, open, pending, preferred, seat, spreadAllows, waiting, type Layout } from "./layout";
import { addRoom, copyRoom, fits, type Problem } from "./problem";

/** Most pods that all rounds together place; each takes about 1 µs a node. */
const BUDGET = 15_000;

/** The layout in the scheduler's own order; if it leaves more than `enough` pods unplaced, the best layout of more rounds. */
export function greedy(problem: Problem, enough: number): Layout {
  const best = { layout: emptyLayout(problem), left: Infinity };
  const order = problem.queues.map((_, queue) => queue);
  const pods = problem.queues.reduce((sum, { replicas }) => sum + replicas, 0);
  for (let spent = 0, round = 0; spent <= BUDGET && best.left > enough; spent += pods + 1, round++) {
    const layout = pass(problem, order, round % 2 === 1);
    const over = waiting(problem, layout);
    const left = over.reduce((sum, count) => sum + count, 0);
    if (left < best.left) Object.assign(best, { layout, left });
    // A group with unplaced pods moves halfway to the front, so after some rounds the hardest groups are placed first.
    over.forEach((count, queue) => {
      if (count === 0) return;
      const at = order.indexOf(queue);
      order.splice(Math.floor(at / 2), 0, ...order.splice(at, 1));
    });
  }
  return best.layout;
}

/** One round. `tight` fills the fullest node first to keep room for large pods; otherwise the scheduler's preference decides. */
function pass(problem: Problem, order: readonly number[], tight: boolean): Layout {
  const layout = emptyLayout(problem);
  // Twice, because `makeRoom` may free a node for a pod that found none in the first pass.
  for (const queue of [...order, ...order]) {
    for (let pods = pending(problem, layout, queue); pods > 0; pods--) {
      const choice = tight ? fullest(layout, open(problem, layout, queue)) : preferred(problem, layout, queue);
      const node = choice ?? makeRoom(problem, layout, queue);
      // Pods of a group are equal: if one finds no room, no other does.
      if (node === undefined) break;
      seat(problem, layout, queue, node, 1);
    }
  }
  return layout;
}

function fullest(layout: Layout, nodes: readonly number[]): number | undefined {
  const room = (node: number) => layout.free[node]!.memory;
  return nodes.reduce<number | undefined>(
    (best, node) => (best === undefined || room(node) < room(best) ? node : best),
    undefined,
  );
}

/** Moves one placed pod to another node so that a pod of `queue` fits in its place, and returns the freed node. */
function makeRoom(problem: Problem, layout: Layout, queue: number): number | undefined {
  const of = problem.queues[queue]!;
  const refuges = new Map<number, readonly number[]>();
  for (const node of of.eligible) {
    if (!spreadAllows(layout, queue, of, node)) continue;
    for (const [other, { pod }] of problem.queues.entries()) {
      if (other === queue || layout.seats[other]![node] === 0) continue;
      const without = copyRoom(layout.free[node]!);
      addRoom(without, pod, 1);
      if (!fits(of.pod, without)) continue;
      // Nothing has moved yet, so each group's candidates are the same for all nodes.
      const elsewhere = refuges.get(other) ?? candidates(problem, layout, other).slice(0, 2);
      refuges.set(other, elsewhere);
      const refuge = elsewhere.find((to) => to !== node);
      if (refuge === undefined) continue;
      seat(problem, layout, other, node, -1);
      seat(problem, layout, other, refuge, 1);
      return node;
    }
  }
  return undefined;
}
