import { isInPools, repelling, type Taint } from "../../components/core/node";
import { spreadAllows, type Layout } from "./layout";
import type { Problem, Room } from "./problem";

/** Why one node does not take a pod: the first rule that it breaks. Amounts of memory and disk are bytes, of cpu cores. */
export type Refusal =
  | { readonly rule: "pool" }
  | { readonly rule: "taint"; readonly taints: readonly Taint[] }
  | { readonly rule: "spread" }
  | Missing;

/** What this pod misses on a node that it may run on. */
export interface Missing {
  readonly rule: "memory" | "cpu" | "volume";
  readonly misses: number;
  readonly left: number;
  readonly limit: number;
  /** Class of the volumes that miss room. */
  readonly storageClass?: string;
}

/** Undefined if the node takes the pod. */
export function refusal(problem: Problem, layout: Layout, queue: number, node: number): Refusal | undefined {
  const of = problem.queues[queue]!;
  const machine = problem.nodes[node]!;
  if (!isInPools(of.group, machine)) return { rule: "pool" };
  const taints = repelling(machine.taints, of.group.tolerations);
  if (taints.length > 0) return { rule: "taint", taints };
  if (!spreadAllows(layout, queue, of, node)) return { rule: "spread" };
  return missing(problem, of.pod, layout.free[node]!, node);
}

function missing(problem: Problem, pod: Readonly<Room>, free: Readonly<Room>, node: number): Missing | undefined {
  const limit = problem.limits[node]!;
  const memory = { rule: "memory", misses: pod.memory - free.memory, left: free.memory, limit: limit.memory } as const;
  if (memory.misses > 0) return memory;
  const cores = (milli: number) => milli / 1000;
  const cpu = pod.cpu - free.cpu;
  if (cpu > 0) return { rule: "cpu", misses: cores(cpu), left: cores(free.cpu), limit: cores(limit.cpu) };
  for (const [at, storageClass] of problem.disks.entries()) {
    const [left, whole] = [free.disks![at]!, limit.disks![at]!];
    const misses = pod.disks![at]! - left;
    if (misses > 0) return { rule: "volume", misses, left, limit: whole, storageClass };
  }
  return undefined;
}
