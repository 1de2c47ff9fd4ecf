import type { Bucket } from "../../core/bucket";
import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import type { CephSettings } from "./settings";

/** Gateways of the stack's own store, beside the Rook cluster. */
export const GATEWAY = "ceph-gateway";

export const gatewayPods = (platform: Platform, settings: CephSettings): PodGroup[] =>
  settings.gateway === "existing"
    ? []
    : [
        platform.podGroup(
          {
            service: GATEWAY,
            role: "gateway",
            namespace: settings.namespace,
            spread: settings.server.replicas > 1 ? "one-per-node" : "any",
          },
          settings.server,
        ),
      ];

export function cephPods(platform: Platform, buckets: readonly Bucket[]): PodGroup[] {
  if (!buckets.some(({ versioning }) => versioning)) return [];
  const names = { service: "ceph", role: "versioning", namespace: platform.namespace("storage") };
  return [
    platform.podGroup(
      { ...names, lifetime: "once", scratch: { "/tmp": 64 * MiB } },
      { replicas: 1, cpu: 0.1, memory: 128 * MiB, pool: undefined },
    ),
  ];
}
