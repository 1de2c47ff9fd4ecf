import type { Toleration } from "./node";
import { formatBytes, formatCores } from "./quantity";

/** Cpu in cores, memory in bytes. */
export interface Resources {
  readonly cpu: number;
  readonly memory: number;
}

/** A claim of each pod of a group. */
export interface VolumeClaim {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** @default the cluster's default storage class */
  readonly storageClass?: string;
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
  /** The greatest number that runs at the same time. */
  readonly replicas: number;
  /** Of one pod. */
  readonly requests: Resources;
  /** Of one pod. */
  readonly limits: Resources;
  readonly volumes: readonly VolumeClaim[];
  /** Pools whose nodes may run these pods; empty means every pool that is not tainted. */
  readonly pools: readonly string[];
  /** Taints of machines that these pods put up with, besides those of their pools. @default none */
  readonly tolerations?: readonly Toleration[];
  /** `one-per-node` is a hard rule, `apart` a preference. */
  readonly spread: "one-per-node" | "apart" | "any";
  /** `elastic` pods come and go within `replicas` (Spark executors); a `job` ends by itself. */
  readonly lifetime: "always" | "elastic" | "job";
  /** `existing` pods are somebody else's: never deployed, but their room is taken. */
  readonly origin: "deployed" | "existing";
  /** Each class has a quota of its own, so that one kind of pod cannot take another's room. @default none */
  readonly priorityClass?: string;
}

/** `trino-worker`: the name of the group's workload and the instance in its labels. */
export function groupName(group: Pick<PodGroup, "service" | "role">): string {
  return group.role === "" || group.role === group.service ? group.service : `${group.service}-${group.role}`;
}

/** What all pods of a group ask for together. */
export function totalRequests(group: PodGroup): Resources {
  return { cpu: group.requests.cpu * group.replicas, memory: group.requests.memory * group.replicas };
}

/** Container resources as the Kubernetes API writes them. */
export function resourceRequirements(group: Pick<PodGroup, "requests" | "limits">): {
  requests: Record<string, string>;
  limits: Record<string, string>;
} {
  const write = (of: Resources) => ({ cpu: formatCores(of.cpu), memory: formatBytes(of.memory) });
  return { requests: write(group.requests), limits: write(group.limits) };
}
