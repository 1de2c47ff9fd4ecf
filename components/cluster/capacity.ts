import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { DOMAIN, labels } from "../core/labels";
import type { PodGroup } from "../core/pod-group";
import { existingNamespaces } from "./namespaces";
import type { Platform } from "./platform";
import { quotas } from "./quotas";

export interface CapacityArgs {
  readonly platform: Platform;
  readonly groups: readonly PodGroup[];
  /** Those that are ours. */
  readonly namespaces: readonly string[];
  /** What policies are to expect of each bucket. */
  readonly buckets: readonly object[];
  /** Where the description of the nodes stands. */
  readonly namespace: string;
}

/** Quotas from what will run, which are there before it, and the nodes' description that policies and dashboards read. */
export class Capacity extends pulumi.ComponentResource {
  constructor(
    name: string,
    { platform, groups, namespaces, buckets, namespace }: CapacityArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("lakehouse:cluster:Capacity", name, {}, opts);
    for (const quota of quotas(groups, namespaces, platform.nodes)) {
      new k8s.core.v1.ResourceQuota(
        `${quota.namespace}-${quota.name}`,
        {
          metadata: {
            name: quota.name,
            namespace: quota.namespace,
            labels: labels({ service: quota.name, role: "quota" }),
          },
          spec: {
            hard: { ...quota.hard },
            ...(quota.scope === undefined
              ? {}
              : {
                  scopeSelector: {
                    matchExpressions: [
                      { scopeName: "PriorityClass", operator: quota.scope.operator, values: [...quota.scope.values] },
                    ],
                  },
                }),
          },
        },
        { parent: this },
      );
    }
    const mirrors = platform.site?.registryMirrors;
    const description = {
      protectData: platform.dataOptions.protect,
      buffer: platform.buffer,
      nodes: platform.nodes,
      buckets,
      dns: platform.dns.flatMap(({ peer, ports }) =>
        peer.kind === "pods" ? [{ namespace: peer.namespace, ports }] : [],
      ),
      namespaces: existingNamespaces(platform, groups),
      ...(mirrors === undefined ? {} : { registryMirrors: mirrors }),
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
