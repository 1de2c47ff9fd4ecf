import { type Node, nodeLimit, type Toleration } from "../../components/core/node";
import { mainContainer, type PodGroup, type Resources, times } from "../../components/core/pod-group";
import { withCapacity } from "../packing/needs";

/** A change of a stack that makes room. Cpu in cores, memory and disks in bytes. */
export type Change = SizeChange | LargerNode | NodesChange | TolerationChange;

/** `lakehouse:query.trino.worker.memory` from 24 GiB to 16 GiB. */
export interface SizeChange {
  readonly kind: "size";
  /** `lakehouse:query.trino.worker` */
  readonly setting: string;
  readonly key: SizeKey;
  readonly from: number;
  readonly to: number;
}
export type SizeKey = "memory" | "cpu" | "replicas";

/** A larger machine. */
export interface LargerNode extends Resources {
  readonly kind: "node";
  readonly node: string;
  readonly from: Resources;
  /** Of the classes that have to grow. */
  readonly disks?: Readonly<Record<string, number>>;
}

/** Further machines. */
export interface NodesChange extends Resources {
  readonly kind: "nodes";
  readonly names: readonly string[];
  /** The node that they are like, but for `more` than it has, and the pool where it is of another. */
  readonly like: string;
  readonly more?: Partial<Resources>;
  readonly pool: string;
  readonly system: Resources;
  readonly disks?: Readonly<Record<string, number>>;
}

/** A taint that pods of a pool are to tolerate: an entry of `lakehouse:pools.<pool>.tolerations`. */
export interface TolerationChange {
  readonly kind: "toleration";
  readonly pool: string;
  readonly toleration: Toleration;
}

/** What packing reads of a stack. */
export interface Stack {
  readonly nodes: readonly Node[];
  readonly groups: readonly PodGroup[];
}

export function changed(stack: Stack, changes: readonly Change[]): Stack {
  return changes.reduce(one, stack);
}

function one({ nodes, groups }: Stack, change: Change): Stack {
  switch (change.kind) {
    case "size":
      return { nodes, groups: groups.map((group) => (isSized(group, change) ? resized(group, change) : group)) };
    case "node":
      return { nodes: nodes.map((node) => (node.name === change.node ? larger(node, change) : node)), groups };
    case "nodes":
      return { nodes: [...nodes, ...change.names.map((name) => added(nodes, name, change))], groups };
    case "toleration":
      return {
        nodes,
        groups: groups.map((group) =>
          group.pools.includes(change.pool)
            ? { ...group, tolerations: [...(group.tolerations ?? []), change.toleration] }
            : group,
        ),
      };
  }
}

/** A setting of `replicas` does not decide how many pods a group has where its system runs another number. */
const isSized = ({ setting, replicas }: PodGroup, { setting: path, key }: SizeChange): boolean =>
  setting?.path === path && (key !== "replicas" || setting.replicas === replicas);

/** The setting is the size of the main container; sidecars come on top. */
function resized(group: PodGroup, { key, to }: SizeChange): PodGroup {
  if (key === "replicas") return { ...group, replicas: to, setting: { ...group.setting!, replicas: to } };
  const more = to - mainContainer(group).requests[key];
  return { ...group, requests: { ...group.requests, [key]: group.requests[key] + more } };
}

function larger(node: Node, { cpu, memory, disks }: LargerNode): Node {
  return {
    ...withCapacity(node, { cpu, memory }),
    ...(disks === undefined ? {} : { disks: { ...node.disks, ...disks } }),
  };
}

/** It has the taint of its pool, as the pool's other nodes have, and the same share for pods. */
function added(nodes: readonly Node[], name: string, { pool, cpu, memory, system, disks }: NodesChange): Node {
  const like = nodes.find((node) => node.pool === pool) ?? nodes[0];
  const { taint } = nodes.find((node) => node.pool === pool) ?? {};
  const capacity = { cpu, memory };
  const share = like && (like.share ?? like.limit.memory / (like.capacity.memory - like.system.memory));
  return {
    name,
    pool,
    capacity,
    system,
    limit: nodeLimit(capacity, system, share),
    ...(share === undefined ? {} : { share }),
    ...(taint === undefined ? {} : { taint }),
    ...(disks === undefined ? {} : { disks }),
  };
}

/** Memory and cpu of a group's setting, without the sidecars. */
export const settingSize = (group: PodGroup): Resources & { readonly replicas: number } => ({
  ...mainContainer(group).requests,
  replicas: group.replicas,
});

/** Memory of all pods of a group. */
export const weight = (group: PodGroup): number => times(group.requests, group.replicas).memory;
