import { mayRun } from "../../../components/core/node";
import { toRoom } from "../../../planner/packing/problem";
import type { Node } from "../../../components/core/node";
import type { PodGroup } from "../../../components/core/pod-group";

interface Room {
  memory: number;
  cpu: number;
  /** Bytes for volumes of the class `local`; without end where no node states them. */
  disk: number;
}

const fits = (pod: Room, free: Room) => pod.memory <= free.memory && pod.cpu <= free.cpu && pod.disk <= free.disk;

/** The minimum number of unplaced pods, by exhaustive search. Only for a few pods. */
export function fewestUnplaced(nodes: readonly Node[], groups: readonly PodGroup[]): number {
  const pods = groups.flatMap((of, index) => Array.from({ length: of.replicas }, () => index));
  const counted = nodes.some(({ disks }) => disks !== undefined);
  const free = nodes.map((of): Room => ({ ...toRoom(of.limit), disk: counted ? (of.disks?.local ?? 0) : Infinity }));
  const claimed = ({ volumes }: PodGroup) =>
    volumes.reduce((sum, { size, storageClass }) => sum + (storageClass === "local" ? size : 0), 0);
  const seats = groups.map(() => nodes.map(() => 0));
  return go(0);

  function go(next: number): number {
    const index = pods[next];
    if (index === undefined) return 0;
    const of = groups[index]!;
    const pod = { ...toRoom(of.requests), disk: claimed(of) };
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
  room.disk += sign * by.disk;
}
