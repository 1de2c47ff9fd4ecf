import { GiB } from "../../core/quantity";
import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { CACHE_PATH, cacheSize } from "./catalogs/lake";
import { type Role, SPILL_PATH } from "./config";
import type { TrinoSettings } from "./settings";

/** Coordinator and workers, one worker a node at the most. */
export function trinoPods(platform: Platform, settings: TrinoSettings): PodGroup[] {
  const names = { service: "trino", namespace: platform.namespace("query") };
  const scratch = (role: Role) => ({
    "/tmp": GiB,
    "/data/trino": 2 * GiB,
    ...(role === "worker" ? { [SPILL_PATH]: settings.spill } : {}),
    ...(cacheSize(settings.cache, role) > 0 ? { [CACHE_PATH]: cacheSize(settings.cache, role) } : {}),
  });
  return [
    platform.podGroup({ ...names, role: "coordinator", scratch: scratch("coordinator") }, settings.coordinator),
    platform.podGroup(
      { ...names, role: "worker", spread: "one-per-node", scratch: scratch("worker") },
      settings.worker,
    ),
  ];
}
