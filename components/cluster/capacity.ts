import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { DOMAIN, labels } from "../core/labels";
import type { PodGroup } from "../core/pod-group";
import { existingNamespaces } from "./namespaces";
import type { Platform } from "../core/platform";
import { quotas } from "./quotas";

export interface CapacityArgs {
  readonly platform: Platform;
  readonly groups: readonly PodGroup[];
  /** Namespaces that this stack creates. */
  readonly namespaces: readonly string[];
  /** Versioning and object lock that policies expect of each bucket. */
  readonly buckets: readonly object[];
  /** Licences that are accepted though they are not open source. */
  readonly licences: readonly string[];
  /** Hosts with ports that speak TLS alone, where programs of the stack do. */
  readonly secure: readonly string[];
  /** Namespace of the ConfigMap that describes the nodes. */
  readonly namespace: string;
}

/** Quotas for the stack's pods, and the description of its nodes that policies read. */
export class Capacity extends pulumi.ComponentResource {
  constructor(
    name: string,
    { platform, groups, namespaces, buckets, licences, namespace, secure }: CapacityArgs,
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
      ...(platform.tls ? { tls: [...new Set(secure)].sort() } : {}),
      buffer: platform.buffer,
      nodes: platform.nodes,
      buckets,
      dns: platform.dns.flatMap(({ peer, ports }) =>
        peer.kind === "pods" ? [{ namespace: peer.namespace, ports }] : [],
      ),
      namespaces: existingNamespaces(platform, groups),
      ...(mirrors === undefined ? {} : { registryMirrors: mirrors }),
      ...(platform.ownRegistries.length === 0 ? {} : { ownRegistries: platform.ownRegistries }),
      ...(licences.length === 0 ? {} : { licences }),
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
