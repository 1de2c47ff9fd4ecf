import type { Platform } from "../../core/platform";
import { mainContainer, type PodGroup } from "../../core/pod-group";
import { GiB, MiB } from "../../core/quantity";
import { type DruidMemory, druidMemory } from "./memory";
import type { DruidSettings } from "./settings";

export const ROLES = ["coordinator", "broker", "router", "historical", "indexer"] as const;
export type Role = (typeof ROLES)[number];
/** Hands over what is to be taken in. */
export const INGESTION = "ingestion";

/** Container beside each coordinator: makes the users that the stack grants. */
export const USERS = "users";
export const SEGMENTS = "segments";
export const SEGMENTS_PATH = "/srv/druid/segments";
export const WORK_PATH = "/srv/druid/work";

/** A namespace of its own: its processes may change every pod of the one that they run in. */
export const namespaceOf = (platform: Platform): string => platform.namespace("druid");

export function druidPods(platform: Platform, settings: DruidSettings): PodGroup[] {
  const { cache, scratch, coordinator, broker, router, historical, indexer } = settings;
  const named = (role: Role | typeof INGESTION) => ({ service: "druid", role, namespace: namespaceOf(platform) });
  const tmp = { "/tmp": GiB };
  return [
    platform.podGroup(
      { ...named("coordinator"), scratch: tmp, sidecars: [platform.sidecar(USERS, { cpu: 0.01, memory: 32 * MiB })] },
      coordinator,
    ),
    platform.podGroup({ ...named("broker"), scratch: tmp }, broker),
    platform.podGroup({ ...named("router"), scratch: tmp }, router),
    platform.podGroup(
      { ...named("historical"), scratch: tmp, volumes: [platform.volume(SEGMENTS, cache)], spread: "one-per-node" },
      historical,
    ),
    platform.podGroup({ ...named("indexer"), scratch: { ...tmp, [WORK_PATH]: scratch } }, indexer),
    ...(settings.streams.length + settings.batches.length === 0
      ? []
      : [
          platform.podGroup(
            { ...named(INGESTION), lifetime: "once", scratch: { "/tmp": 16 * MiB } },
            { replicas: 1, cpu: 0.05, memory: 64 * MiB, pool: coordinator.pool },
          ),
        ]),
  ];
}

/** How the memory of a group's pods is divided. */
export function memoryOf(group: PodGroup): DruidMemory {
  const { requests, limits } = mainContainer(group);
  return druidMemory(group.role as Role, { cpu: requests.cpu, limit: limits.memory });
}
