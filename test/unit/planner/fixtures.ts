import type { PodGroup } from "../../../components/core/pod-group";
import { BUFFER, nodeLimit, type Node, type TaintEffect } from "../../../components/core/node";
import { GiB } from "../../../components/core/quantity";
import type { OwnedPods } from "../../../planner/cost";

/** A node of the homelab: 96 GiB and 16 cores, of which 16 GiB and 2 cores are reserved for the system. */
export function node(name: string, pool: string, of: { gib?: number; cpu?: number; taint?: TaintEffect } = {}): Node {
  const capacity = { cpu: of.cpu ?? 16, memory: (of.gib ?? 96) * GiB };
  const system = { cpu: 2, memory: 16 * GiB };
  const limit = nodeLimit(capacity, system);
  return { name, pool, capacity, system, limit, share: BUFFER, ...(of.taint && { taint: of.taint }) };
}

/** A node with exactly the given limit. */
export function roomyNode(name: string, pool: string, gib: number, cpu: number, taint?: TaintEffect): Node {
  const room = { cpu, memory: gib * GiB };
  return { name, pool, capacity: room, system: { cpu: 0, memory: 0 }, limit: room, ...(taint && { taint }) };
}

/** The same node with a buffer that holds everything, in whatever order it comes. */
export function buffered({ share: _, ...node }: Node): Node {
  const { cpu, memory } = node.capacity;
  return { ...node, capacity: { cpu: cpu * 100, memory: memory * 100 } };
}

/** `trino/worker` with `replicas` pods of `gib` each, in `pools`. */
export function group(
  name: string,
  replicas: number,
  gib: number,
  pools: string[],
  of: Partial<PodGroup> & { cpu?: number } = {},
): PodGroup {
  const [service, role] = name.split("/") as [string, string?];
  const { cpu = 0.5, ...rest } = of;
  const requests = { cpu, memory: gib * GiB };
  return {
    service,
    role: role ?? "",
    namespace: `lakehouse-${service}`,
    replicas,
    requests,
    limits: requests,
    volumes: [],
    pools,
    spread: "any",
    lifetime: "always",
    origin: "deployed",
    ...rest,
  };
}

/** Pods, each service a system in a layer of its own. */
export const owned = (groups: readonly PodGroup[]): OwnedPods[] =>
  groups.map((each) => ({ group: each, system: each.service, layer: `${each.service}-layer` }));

export const homelabNodes: readonly Node[] = [
  node("k8s-1", "control"),
  node("k8s-2", "drivers"),
  node("k8s-3", "executors", { taint: "PreferNoSchedule" }),
];

/** Groups of the homelab's table, and the other groups, on k8s-1 and k8s-2. */
export function homelabGroups(of: { workerGib?: number; executors?: number } = {}): PodGroup[] {
  return [
    group("airflow", 1, 8, ["control"], { cpu: 2, origin: "existing" }),
    group("trino/coordinator", 1, 8, ["control"], { cpu: 2 }),
    group("hive-metastore", 2, 4, ["control", "drivers"], { cpu: 1, spread: "one-per-node" }),
    group("trino/worker", 2, of.workerGib ?? 24, ["drivers", "executors"], { cpu: 4, spread: "one-per-node" }),
    group("spark/driver", 4, 4, ["drivers"], { lifetime: "elastic" }),
    group("spark/executor", of.executors ?? 4, 8, ["executors"], { cpu: 1, lifetime: "elastic" }),
    group("postgres", 2, 4, ["control", "drivers"], { cpu: 1, spread: "apart" }),
    group("spark-operator", 1, 0.5, [], { cpu: 0.25 }),
  ];
}
