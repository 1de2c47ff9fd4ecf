import type { Toleration } from "./node";
import { formatBytes, formatCores } from "./quantity";
import type { Site } from "./site";

/** Cpu in cores, memory in bytes. */
export interface Resources {
  readonly cpu: number;
  readonly memory: number;
}

/** A container that an operator adds to each pod of a group and that runs as long as the pod does. */
export interface Sidecar {
  readonly name: string;
  readonly requests: Resources;
  readonly limits: Resources;
}

/** A claim of each pod of a group. */
export interface VolumeClaim {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** @default the cluster's default storage class */
  readonly storageClass?: string;
}

/** The setting that decides the size of a group's pods. */
export interface SizeSetting {
  /** `lakehouse:query.trino.worker`, with the keys `replicas`, `cpu` and `memory` below it. */
  readonly path: string;
  /** Number of pods in the setting. Some systems run another number: one exporter, servers of each shard. */
  readonly replicas: number;
  /** Least memory in bytes that the system allows; 0 where it sets none. */
  readonly leastMemory: number;
}

/**
 * Pods of one kind: the single source of sizes. Manifests, quotas, packing, cost and policy all read it.
 * Plain data, so that all of that can be computed with neither a cluster nor Pulumi.
 */
export interface PodGroup {
  /** The service in the field's name: `trino`, `hive-metastore`. */
  readonly service: string;
  /** What these pods do in it: `coordinator`, `worker`. */
  readonly role: string;
  readonly namespace: string;
  /** Most pods that run at the same time, without `surge`. */
  readonly replicas: number;
  /** Of one pod, with its sidecars. */
  readonly requests: Resources;
  /** Of one pod, with its sidecars. */
  readonly limits: Resources;
  /** Containers that an operator adds to each pod. @default none */
  readonly sidecars?: readonly Sidecar[];
  /**
   * Pods of the same size that may stand beside the replicas for a while: an old one that ends while its successor
   * starts, a copy or a restore that an operator makes. Quotas hold them; nodes hold them in their buffer. @default 0
   */
  readonly surge?: number;
  /** `emptyDir` volumes of one pod, on its node's own disk: bytes by mount path. @default none */
  readonly scratch?: Readonly<Record<string, number>>;
  readonly volumes: readonly VolumeClaim[];
  /** Pools whose nodes may run these pods; empty means every pool that is not tainted. */
  readonly pools: readonly string[];
  /** Taints of nodes that these pods tolerate, besides those of their pools. @default none */
  readonly tolerations?: readonly Toleration[];
  /** `one-per-node` is a hard rule, `apart` a preference. */
  readonly spread: "one-per-node" | "apart" | "any";
  /**
   * `elastic` pods come and go within `replicas` (Spark executors); a `job` ends by itself and comes back on a schedule;
   * a task that runs `once` leaves its node for good.
   */
  readonly lifetime: "always" | "elastic" | "job" | "once";
  /** `existing` pods are not deployed by this stack, but they take room on nodes. */
  readonly origin: "deployed" | "existing";
  /** Each class has a quota of its own, so that one kind of pod cannot take another's room. @default none */
  readonly priorityClass?: string;
  /** Registry mirrors, pull secrets and trusted CAs. @default none */
  readonly site?: Site;
  /** Where the size comes from, for advice. @default no setting, or not asked for (`sizedPods`) */
  readonly setting?: SizeSetting;
}

/** `trino-worker`: the name of the group's workload and the instance in its labels. */
export function groupName(group: Pick<PodGroup, "service" | "role">): string {
  return group.role === "" || group.role === group.service ? group.service : `${group.service}-${group.role}`;
}

export function times({ cpu, memory }: Resources, count: number): Resources {
  return { cpu: cpu * count, memory: memory * count };
}

export function sum(all: readonly Resources[]): Resources {
  return all.reduce((total, { cpu, memory }) => ({ cpu: total.cpu + cpu, memory: total.memory + memory }), {
    cpu: 0,
    memory: 0,
  });
}

/** A part of a pod that a manifest describes by itself. */
type Sized = Pick<PodGroup, "requests" | "limits"> & Partial<Pick<PodGroup, "sidecars" | "scratch">>;

/** Size of each pod's main container: the pod's without its sidecars. */
export function mainContainer({ requests, limits, sidecars = [] }: Sized): {
  readonly requests: Resources;
  readonly limits: Resources;
} {
  const without = (of: "requests" | "limits", whole: Resources): Resources => {
    const taken = sum(sidecars.map((one) => one[of]));
    return { cpu: whole.cpu - taken.cpu, memory: whole.memory - taken.memory };
  };
  return { requests: without("requests", requests), limits: without("limits", limits) };
}

/** Bytes of one pod on its node's own disk. */
export function scratchSize({ scratch = {} }: Pick<PodGroup, "scratch">): number {
  return Object.values(scratch).reduce((total, size) => total + size, 0);
}

/**
 * Resources of the main container as the Kubernetes API writes them. It requests the scratch of the whole pod, without a
 * limit: each directory has one of its own.
 */
export function resourceRequirements(group: Sized): {
  requests: Record<string, string>;
  limits: Record<string, string>;
} {
  const { requests, limits } = mainContainer(group);
  const write = (of: Resources) => ({ cpu: formatCores(of.cpu), memory: formatBytes(of.memory) });
  const scratch = scratchSize(group);
  return {
    requests: { ...write(requests), ...(scratch > 0 ? { "ephemeral-storage": formatBytes(scratch) } : {}) },
    limits: write(limits),
  };
}
