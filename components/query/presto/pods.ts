import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { GiB } from "../../core/quantity";
import { DATA_PATH, SPILL_PATH, STAGING_PATH } from "./config";
import type { PrestoSettings } from "./settings";

export type Role = "coordinator" | "worker";

/** Whether pods of a role run tasks of queries. */
export const works = (role: Role, { worker }: Pick<PrestoSettings, "worker">): boolean =>
  role === "worker" || worker.replicas === 0;

/** Workers stage files of data, and the coordinator those of metadata: lists of files, which are small. */
const stagingOf = (role: Role, settings: PrestoSettings): number =>
  works(role, settings) ? settings.write.staging : Math.min(settings.write.staging, GiB);

/** A coordinator, and workers where there are some, one a node at the most. */
export function prestoPods(platform: Platform, settings: PrestoSettings): PodGroup[] {
  const facts = (role: Role) => ({
    service: "presto",
    namespace: platform.namespace("query"),
    role,
    scratch: {
      "/tmp": GiB,
      [DATA_PATH]: GiB,
      ...(works(role, settings) ? { [SPILL_PATH]: settings.spill } : {}),
      ...(settings.write.enabled ? { [STAGING_PATH]: stagingOf(role, settings) } : {}),
    },
  });
  return [
    platform.podGroup(facts("coordinator"), settings.coordinator),
    ...(settings.worker.replicas === 0
      ? []
      : [platform.podGroup({ ...facts("worker"), spread: "one-per-node" }, settings.worker)]),
  ];
}
