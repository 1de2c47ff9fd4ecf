import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { DOMAIN, labels } from "../core/labels";
import { type PodGroup, totalRequests } from "../core/pod-group";
import { formatBytes, formatCores } from "../core/quantity";
import type { Platform } from "./platform";

/** What the pods of one namespace and priority class may ask for together. */
export interface Quota {
  readonly name: string;
  readonly namespace: string;
  readonly priorityClass: string;
  readonly hard: Record<string, string>;
}

/**
 * One quota for each priority class of a namespace, as large as its pod groups: drivers cannot take the room of the
 * executors that they would then wait for, and a job cannot take a server's.
 */
export function quotas(groups: readonly PodGroup[]): Quota[] {
  const byClass = new Map<string, PodGroup[]>();
  for (const group of groups) {
    if (group.origin === "existing" || group.priorityClass === undefined) continue;
    const key = `${group.namespace}/${group.priorityClass}`;
    byClass.set(key, [...(byClass.get(key) ?? []), group]);
  }
  return [...byClass.entries()].map(([key, members]) => {
    const [namespace = "", priorityClass = ""] = key.split("/");
    const sum = (part: (group: PodGroup) => number) => members.reduce((total, group) => total + part(group), 0);
    return {
      name: priorityClass,
      namespace,
      priorityClass,
      hard: {
        "requests.cpu": formatCores(sum((group) => totalRequests(group).cpu)),
        "requests.memory": formatBytes(sum((group) => totalRequests(group).memory)),
        "limits.cpu": formatCores(sum((group) => group.limits.cpu * group.replicas)),
        "limits.memory": formatBytes(sum((group) => group.limits.memory * group.replicas)),
        "pods": String(sum((group) => group.replicas)),
      },
    };
  });
}

export interface CapacityArgs {
  readonly platform: Platform;
  readonly groups: readonly PodGroup[];
  /** What policies are to expect of each bucket. */
  readonly buckets: readonly object[];
  /** Where the description of the nodes stands. */
  readonly namespace: string;
}

/** Quotas from what runs, and the nodes' description that policies and dashboards read. */
export class Capacity extends pulumi.ComponentResource {
  constructor(
    name: string,
    { platform, groups, buckets, namespace }: CapacityArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("lakehouse:cluster:Capacity", name, {}, opts);
    for (const quota of quotas(groups)) {
      new k8s.core.v1.ResourceQuota(
        `${quota.namespace}-${quota.name}`,
        {
          metadata: {
            name: quota.name,
            namespace: quota.namespace,
            labels: labels({ service: quota.name, role: "quota" }),
          },
          spec: {
            hard: quota.hard,
            scopeSelector: {
              matchExpressions: [{ scopeName: "PriorityClass", operator: "In", values: [quota.priorityClass] }],
            },
          },
        },
        { parent: this },
      );
    }
    const description = {
      protectData: platform.dataOptions.protect,
      buffer: platform.buffer,
      nodes: platform.nodes,
      buckets,
      dns: platform.dns.flatMap(({ peer, ports }) =>
        peer.kind === "pods" ? [{ namespace: peer.namespace, ports }] : [],
      ),
      existing: groups
        .filter((group) => group.origin === "existing")
        .map(({ service, role, namespace: home, replicas, requests, pools }) => ({
          service,
          role,
          namespace: home,
          replicas,
          requests,
          pools,
        })),
    };
    new k8s.core.v1.ConfigMap(
      "capacity",
      {
        metadata: {
          name: "lakehouse-capacity",
          namespace,
          labels: { ...labels({ service: "lakehouse-capacity", role: "capacity" }), [`${DOMAIN}/capacity`]: "true" },
        },
        data: { "capacity.json": JSON.stringify(description) },
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
