import type { Platform } from "../core/platform";
import { mainContainer, type PodGroup } from "../core/pod-group";
import { GiB, MiB } from "../core/quantity";

/** What OpenSearch and Elasticsearch have alike: nodes by their roles, their heap, and what grants rights and watches. Pure. */

export type NodeRole = "data" | "manager" | "coordinator";
const NODE_ROLES: readonly NodeRole[] = ["data", "manager", "coordinator"];

type Size = Parameters<Platform["podGroup"]>[1];
type Sizes = Readonly<Record<NodeRole, Size>>;

/** Roles that have nodes. */
export const usedRoles = (sizes: Sizes): NodeRole[] => NODE_ROLES.filter((role) => sizes[role].replicas > 0);
/** Nodes that vote on who leads. */
export const leaders = ({ manager }: Pick<Sizes, "manager">): NodeRole => (manager.replicas > 0 ? "manager" : "data");
/** Nodes that clients connect to. */
export const front = ({ coordinator }: Pick<Sizes, "coordinator">): NodeRole =>
  coordinator.replicas > 0 ? "coordinator" : "data";

/** Half of the memory is for the heap: the other half is the kernel's cache of files, and what stands outside of heaps. */
export function heapMiB(group: PodGroup): number {
  // Above it addresses take twice the room.
  return Math.floor(Math.min(mainContainer(group).limits.memory / 2, 31 * GiB) / MiB);
}

export interface SearchNodesArgs {
  readonly service: string;
  readonly sizes: Sizes;
  /** Volume of a node with data: its name, its size in bytes and its path. */
  readonly data: { readonly name: string; readonly size: number; readonly path: string };
  /** Directories of every node, by path, in bytes. */
  readonly scratch: Readonly<Record<string, number>>;
}

/** What a node that only leads keeps: the cluster's state. */
const MANAGER_VOLUME = 8 * GiB;
/** A script of requests. */
export const SETUP = { replicas: 1, cpu: 0.1, memory: 128 * MiB, pool: undefined };

/** Nodes of the roles that have any, one to a machine. A node that only coordinates keeps its state in a bounded directory. */
export function nodePods(platform: Platform, { service, sizes, data, scratch }: SearchNodesArgs): PodGroup[] {
  return usedRoles(sizes).map((role) => {
    const stateless = role === "coordinator";
    return platform.podGroup(
      {
        service,
        role,
        namespace: platform.namespace("storage"),
        spread: sizes[role].replicas > 1 ? "one-per-node" : "any",
        volumes: stateless ? [] : [platform.volume(data.name, role === "data" ? data.size : MANAGER_VOLUME)],
        scratch: { ...scratch, ...(stateless ? { [data.path]: 256 * MiB } : {}) },
      },
      sizes[role],
    );
  });
}

/** The task of rights and templates, and the exporter of metrics. */
export function accessPods(platform: Platform, service: string, exporter: Size): PodGroup[] {
  const named = (role: string) => ({ service, role, namespace: platform.namespace("storage") });
  return [
    platform.podGroup({ ...named("setup"), lifetime: "once", scratch: { "/tmp": 16 * MiB } }, SETUP),
    platform.podGroup(named("exporter"), exporter),
  ];
}
