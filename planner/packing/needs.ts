import { GiB } from "../../components/core/quantity";
import { BUFFER, nodeLimit, type Node } from "../../components/core/node";
import type { Resources } from "../../components/core/pod-group";
import type { NodeNeeds } from "../plan";
import type { Problem, Room } from "./problem";
import { toResources } from "./problem";

/** The smallest capacity, in whole GiB and cores, whose limit holds `room`. */
export function needed(problem: Problem, index: number, room: Readonly<Room>): NodeNeeds {
  const node = problem.nodes[index]!;
  const { disks = [] } = room;
  const larger = problem.disks.flatMap((storageClass, at) => {
    const now = node.disks?.[storageClass] ?? 0;
    return disks[at]! > now ? [[storageClass, Math.ceil(disks[at]! / GiB) * GiB] as const] : [];
  });
  return {
    node: node.name,
    ...capacityFor(node, toResources(room)),
    ...(larger.length > 0 && { disks: Object.fromEntries(larger) }),
  };
}

/** The smallest capacity of a node, not below what it has, whose limit holds `want`. */
export function capacityFor(node: Node, want: Resources): Resources {
  const grow = (of: keyof Resources, step: number): number => {
    if (want[of] <= node.limit[of]) return node.capacity[of];
    let steps = Math.ceil((node.system[of] + want[of] / shareOf(node, of)) / step - 1e-6);
    // The limit is rounded down, so the exact inverse may be slightly too small.
    while (withCapacity(node, { ...node.capacity, [of]: steps * step }).limit[of] < want[of]) steps++;
    return steps * step;
  };
  return { memory: grow("memory", GiB), cpu: grow("cpu", 1) };
}

/** A node of another capacity, with the same reserve and the same share for pods. */
export function withCapacity(node: Node, capacity: Resources): Node {
  const part = (of: keyof Resources) => nodeLimit(capacity, node.system, shareOf(node, of))[of];
  return { ...node, capacity, limit: { cpu: part("cpu"), memory: part("memory") } };
}

function shareOf(node: Node, of: keyof Resources): number {
  const share = node.share ?? node.limit[of] / (node.capacity[of] - node.system[of]);
  return Number.isFinite(share) && share > 0 ? share : BUFFER;
}
