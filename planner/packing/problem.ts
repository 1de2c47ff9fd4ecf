import { groupName, type PodGroup, type Resources, scratchSize } from "../../components/core/pod-group";
import { mayRun, type Node } from "../../components/core/node";
import { by } from "../order";

/** Memory in bytes, cpu in thousandths of a core. Integers, because sums of decimal cores would drift over a limit. */
export interface Room {
  memory: number;
  cpu: number;
  /** Bytes on the node's disks, in the order of `Problem.disks`. @default not counted */
  disks?: number[];
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
  /** Storage classes that are on the nodes' disks. Volumes of other classes lie elsewhere and are not counted. */
  readonly disks: readonly string[];
}

/** Storage class of claims that name none, and the resource that a pod's own directories take. As the policies count them. */
export const DEFAULT_CLASS = "default";
const SCRATCH = "ephemeral-storage";

export function toRoom(of: Resources): Room {
  return { memory: of.memory, cpu: Math.round(of.cpu * 1000) };
}

export function toResources(of: Readonly<Room>): Resources {
  return { cpu: of.cpu / 1000, memory: of.memory };
}

export function fits(pod: Readonly<Room>, free: Readonly<Room>): boolean {
  return pod.memory <= free.memory && pod.cpu <= free.cpu && fitsDisks(pod, free);
}

export function fitsDisks({ disks: wanted = [] }: Readonly<Room>, { disks = [] }: Readonly<Room>): boolean {
  for (let at = 0; at < wanted.length; at++) if (wanted[at]! > disks[at]!) return false;
  return true;
}

/** Adds `count` times a pod's room to `room`; a negative count takes it away. */
export function addRoom(room: Room, pod: Readonly<Room>, count: number): void {
  room.memory += pod.memory * count;
  room.cpu += pod.cpu * count;
  const { disks } = room;
  if (disks !== undefined) pod.disks?.forEach((size, at) => (disks[at]! += size * count));
}

export function copyRoom({ memory, cpu, disks }: Readonly<Room>): Room {
  return disks === undefined ? { memory, cpu } : { memory, cpu, disks: [...disks] };
}

/** Bytes that one pod takes on its node's disks of a storage class. */
export function diskOf(group: PodGroup, storageClass: string): number {
  const claims = group.volumes.filter((claim) => (claim.storageClass ?? DEFAULT_CLASS) === storageClass);
  const scratch = storageClass === SCRATCH ? scratchSize(group) : 0;
  return claims.reduce((total, { size }) => total + size, scratch);
}

/** The problem in canonical order. Existing pods come first, because no new pod may displace them. */
export function toProblem(nodes: readonly Node[], groups: readonly PodGroup[]): Problem {
  const sorted = nodes.toSorted(by((node) => node.name));
  const classes = [...new Set(sorted.flatMap(({ disks = {} }) => Object.keys(disks)))].toSorted();
  const room = (of: Resources, size: (storageClass: string) => number): Room =>
    classes.length === 0 ? toRoom(of) : { ...toRoom(of), disks: classes.map(size) };
  const queues = groups.map((group): Queue => ({
    group,
    pod: room(group.requests, (storageClass) => diskOf(group, storageClass)),
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
  return {
    nodes: sorted,
    queues: queues.toSorted(order),
    limits: sorted.map((node) => room(node.limit, (storageClass) => node.disks?.[storageClass] ?? 0)),
    disks: classes,
  };
}
