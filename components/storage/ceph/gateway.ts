import type * as pulumi from "@pulumi/pulumi";

import { placement } from "../../core/placement";
import { NAMESPACES, type Platform } from "../../core/platform";
import { type PodGroup, resourceRequirements } from "../../core/pod-group";
import { Service } from "../../core/service";
import { monitoring } from "./monitoring";
import { gatewayPods } from "./pods";
import type { CephSettings } from "./settings";

export interface CephGatewayArgs {
  readonly platform: Platform;
  readonly settings: CephSettings;
}

/** Rook has no condition `Ready`, but a phase. */
const APPLIED = { "pulumi.com/waitFor": "jsonpath={.status.phase}=Ready" };

/** Labels that Rook gives the gateways of a store. */
export const gatewayLabels = (store: string): Record<string, string> => ({
  app: "rook-ceph-rgw",
  rook_object_store: store,
});

/** The store and its gateways in an existing Ceph cluster, as a resource of its Rook operator. */
export class CephGateway extends Service {
  readonly store: pulumi.Resource;

  constructor(name: string, { platform, settings }: CephGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    const podLabels = () => gatewayLabels(settings.store);
    super(
      "storage:CephGateway",
      name,
      {
        namespace: settings.namespace,
        pods: gatewayPods(platform, settings),
        monitoring: monitoring(settings),
        managed: settings.isolated,
        podLabels,
      },
      opts,
    );
    const namespaces = NAMESPACES.map((key) => platform.namespace(key));
    this.store = this.custom(
      settings.store,
      {
        apiVersion: "ceph.rook.io/v1",
        kind: "CephObjectStore",
        metadata: { ...this.metadata(settings.store, "gateway"), annotations: APPLIED },
      },
      storeSpec(this.group("gateway"), settings, namespaces),
      platform.dataOptions,
    );
    this.registerOutputs({ store: settings.store });
  }
}

/** @param namespaces whose users Rook makes there */
export function storeSpec(
  group: PodGroup,
  { data, port = 80, store }: Pick<CephSettings, "data" | "port" | "store">,
  namespaces: readonly string[],
): object {
  const { failureDomain, copies, erasure } = data;
  const replicated = { replicated: { size: copies, requireSafeReplicaSize: copies > 1 } };
  const { affinity, tolerations } = placement(group, gatewayLabels(store));
  return {
    metadataPool: { failureDomain, ...replicated },
    dataPool: {
      failureDomain,
      ...(erasure === undefined
        ? replicated
        : { erasureCoded: { dataChunks: erasure.data, codingChunks: erasure.coding } }),
    },
    // Who deletes the resource by mistake keeps the objects.
    preservePoolsOnDelete: true,
    gateway: {
      port,
      instances: group.replicas,
      resources: resourceRequirements(group),
      placement: { ...affinity, tolerations },
      ...(group.priorityClass === undefined ? {} : { priorityClassName: group.priorityClass }),
    },
    allowUsersInNamespaces: [...new Set(namespaces)].toSorted(),
  };
}
