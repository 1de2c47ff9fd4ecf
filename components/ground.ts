import type * as pulumi from "@pulumi/pulumi";

import { Capacity, Cluster, stackNamespaces } from "./cluster";
import { secureHosts } from "./core/door";
import type { Stack } from "./stack";
import { bucketMarks } from "./storage/buckets";

/** Objects that exist before the first pod of a stack: namespaces, priority classes, quotas. */
export interface Ground {
  readonly cluster: Cluster;
  /** Options of the layers. */
  readonly child: { readonly parent?: pulumi.Resource; readonly dependsOn: pulumi.Resource[] };
}

/** Isolated namespaces, priority classes, and quotas for the stack's pods. */
export function ground({ platform, groups, settings, facts, doors }: Stack, parent?: pulumi.Resource): Ground {
  const child = parent === undefined ? {} : { parent };
  const { kubernetes, labelNodes } = settings.cluster;
  const namespaces = stackNamespaces(platform, groups);
  const cluster = new Cluster("cluster", { platform, kubernetes, labelNodes, namespaces }, child);
  const capacity = new Capacity(
    "capacity",
    {
      platform,
      groups,
      namespaces: Object.values(cluster.namespaces),
      buckets: bucketMarks(facts.buckets),
      licences: settings.licences.allow,
      secure: secureHosts(doors),
      namespace: platform.namespace("operators"),
    },
    { ...child, dependsOn: [cluster] },
  );
  // Layers depend on the quotas: a pod that starts before its quota has grown is refused, and a resource that waits for it blocks the update.
  return { cluster, child: { ...child, dependsOn: [cluster, capacity] } };
}
