import type { Bucket } from "../../core/bucket";
import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { MiB } from "../../core/quantity";

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
