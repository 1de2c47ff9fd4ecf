import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import { LOG_DIRECTORY } from "./config";
import type { OpenmetadataSettings } from "./settings";

export const SERVICE = "openmetadata";
export const SERVER = "server";
/** Makes the tables of a new version. */
export const MIGRATION = "migration";
/** Makes users, their rights, and what events are to mean. */
export const SETUP = "setup";
/** Takes events by OpenLineage, in each server's pod. */
export const LINEAGE = "lineage";

export function openmetadataPods(platform: Platform, { server }: OpenmetadataSettings): PodGroup[] {
  const named = (role: string) => ({ service: SERVICE, role, namespace: platform.namespace("catalog") });
  const scratch = { "/tmp": 256 * MiB, [LOG_DIRECTORY]: 1024 * MiB };
  const task = (memory: number) => ({ replicas: 1, cpu: 0.1, memory, pool: server.pool });
  return [
    platform.podGroup(
      { ...named(SERVER), scratch, sidecars: [platform.sidecar(LINEAGE, { cpu: 0.02, memory: 48 * MiB })] },
      server,
    ),
    // A JVM with the same program.
    platform.podGroup({ ...named(MIGRATION), lifetime: "once", scratch }, task(1536 * MiB)),
    platform.podGroup({ ...named(SETUP), lifetime: "once", scratch: { "/tmp": 16 * MiB } }, task(32 * MiB)),
  ];
}
