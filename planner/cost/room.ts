import type { Node } from "../../components/core/node";
import type { PodGroup, Resources } from "../../components/core/pod-group";
import type { CostInputs, OwnedPods } from "./inputs";

/** What machines have, and what of it the stack's pods do not request. */
export interface Room {
  readonly whole: Resources;
  /** For the operating system, Kubernetes, and pods that the stack does not deploy. */
  readonly reserved: Resources;
  /** Kept free against pressure: what is above the nodes' limits. */
  readonly buffer: Resources;
  /** Room for more pods. 0 where pods request more than there is. */
  readonly free: Resources;
}

/** The room on a stack's machines; without machines, on as many as its pods ask for. */
export function roomOf(pods: readonly OwnedPods[], { nodes, buffer: share = 1 }: CostInputs): Room {
  const requested = (of: keyof Resources, origin: PodGroup["origin"]) =>
    pods.reduce((sum, { group }) => sum + (group.origin === origin ? group.replicas * group.requests[of] : 0), 0);
  const room = (of: keyof Resources) => {
    const [own, existing] = [requested(of, "deployed"), requested(of, "existing")];
    if (nodes === undefined) return { whole: own / share, reserved: 0, buffer: own / share - own, free: 0 };
    const over = (read: (node: Node) => number) => nodes.reduce((sum, node) => sum + read(node), 0);
    const reserved = over(({ system }) => system[of]) + existing;
    const buffer = over(({ capacity, system, limit }) => capacity[of] - system[of] - limit[of]);
    const free = Math.max(0, over(({ limit }) => limit[of]) - own - existing);
    return { whole: own + reserved + buffer + free, reserved, buffer, free };
  };
  const [cpu, memory] = [room("cpu"), room("memory")];
  const both = (part: keyof Room) => ({ cpu: cpu[part], memory: memory[part] });
  return { whole: both("whole"), reserved: both("reserved"), buffer: both("buffer"), free: both("free") };
}
