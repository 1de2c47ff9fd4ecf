import type { Bucket } from "../../core/bucket";
import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { GiB } from "../../core/quantity";
import { retentionPods } from "./retention";
import type { MinioSettings } from "./settings";

export function minioPods(platform: Platform, settings: MinioSettings, buckets: readonly Bucket[]): PodGroup[] {
  const drives = Array.from({ length: settings.drives }, (_, index) =>
    platform.volume(`data-${String(index)}`, settings.driveSize),
  );
  const names = { service: "minio", namespace: platform.namespace("storage") };
  const spread = settings.server.replicas > 1 ? "one-per-node" : "any";
  return [
    platform.podGroup({ ...names, role: "server", volumes: drives, spread, scratch: { "/tmp": GiB } }, settings.server),
    ...(buckets.some(({ lockDays }) => lockDays > 0) ? [retentionPods(platform)] : []),
  ];
}
