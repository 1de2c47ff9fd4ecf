import { mayRun } from "../../../components/core/node";
import { toRoom, fits, type Room } from "../../../planner/packing/problem";
import type { Node } from "../../../components/core/node";
import type { PodGroup } from "../../../components/core/pod-group";

/** The minimum number of unplaced pods, by exhaustive search. Only for a few pods. */
export function fewestUnplaced(nodes: readonly Node[], groups: readonly PodGroup[]): number {
  const pods = groups.flatMap((of, index) => Array.from({ length: of.replicas }, () => index));
  const free = nodes.map((of) => toRoom(of.limit));
  const seats = groups.map(() => nodes.map(() => 0));
  return go(0);

  function go(next: number): number {
    const index = pods[next];
    if (index === undefined) return 0;
    const of = groups[index]!;
    const pod = toRoom(of.requests);
    let fewest = 1 + go(next + 1);
    for (const [at, node] of nodes.entries()) {
      if (fewest === 0) break;
      if (!mayRun(of, node) || !fits(pod, free[at]!)) continue;
      if (of.spread === "one-per-node" && seats[index]![at]! > 0) continue;
      move(free[at]!, pod, -1);
      seats[index]![at]!++;
      fewest = Math.min(fewest, go(next + 1));
      seats[index]![at]!--;
      move(free[at]!, pod, 1);
    }
    return fewest;
  }
}

function move(room: Room, by: Room, sign: 1 | -1): void {
  room.memory += sign * by.memory;
  room.cpu += sign * by.cpu;
}
