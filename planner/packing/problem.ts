import { groupName, type PodGroup, type Resources } from "../../components/core/pod-group";
import { mayRun, type Node } from "../../components/core/node";
import { by } from "../order";

/** Memory in bytes, cpu in thousandths of a core. Integers, because sums of decimal cores would drift over a limit. */
export interface Room {
  memory: number;
  cpu: number;
}

/** The pods of one group, to be placed. */
export interface Queue {
  readonly group: PodGroup;
  readonly pod: Readonly<Room>;
  readonly replicas: number;
  /** Indexes into `Problem.nodes` of the nodes that may run these pods. */
  readonly eligible: readonly number[];
  /** By node: the index of its pool in the group's `pools`. */
  readonly preference: readonly number[];
}

export interface Problem {
  readonly nodes: readonly Node[];
  /** Most constrained first, in an order that does not depend on the order of the input. */
  readonly queues: readonly Queue[];
  /** By node, before anything is placed. */
  readonly limits: readonly Readonly<Room>[];
}

export function toRoom(of: Resources): Room {
  return { memory: of.memory, cpu: Math.round(of.cpu * 1000) };
}

export function toResources(of: Readonly<Room>): Resources {
  return { cpu: of.cpu / 1000, memory: of.memory };
}

export function fits(pod: Readonly<Room>, free: Readonly<Room>): boolean {
  return pod.memory <= free.memory && pod.cpu <= free.cpu;
}

/** The problem in canonical order. Existing pods come first, because no new pod may displace them. */
export function toProblem(nodes: readonly Node[], groups: readonly PodGroup[]): Problem {
  const sorted = nodes.toSorted(by((node) => node.name));
  const queues = groups.map((group): Queue => ({
    group,
    pod: toRoom(group.requests),
    replicas: group.replicas,
    eligible: sorted.flatMap((node, index) => (mayRun(group, node) ? [index] : [])),
    preference: sorted.map((node) => group.pools.indexOf(node.pool)),
  }));
  const order = by<Queue>(
    ({ group }) => (group.origin === "existing" ? 0 : 1),
    ({ eligible }) => eligible.length,
    ({ pod }) => -pod.memory,
    ({ pod }) => -pod.cpu,
    ({ group }) => (group.spread === "one-per-node" ? 0 : 1),
    ({ group }) => `${groupName(group)}/${group.namespace}/${group.spread}/${group.pools.join()}/${group.replicas}`,
  );
  return { nodes: sorted, queues: queues.toSorted(order), limits: sorted.map((node) => toRoom(node.limit)) };
}
