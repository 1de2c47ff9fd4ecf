import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import type { HasuraSettings } from "./settings";

export const SERVER = "server";
/** Hands the metadata over. */
export const METADATA = "metadata";
/** Asks every ten minutes whether it still fits. */
export const CHECK = "check";

export function hasuraPods(platform: Platform, { server }: HasuraSettings): PodGroup[] {
  const named = (role: string) => ({ service: "hasura", role, namespace: platform.namespace("query") });
  const scratch = { "/tmp": 16 * MiB };
  const task = { replicas: 1, cpu: 0.02, memory: 32 * MiB, pool: server.pool };
  return [
    platform.podGroup({ ...named(SERVER), scratch: { "/tmp": 64 * MiB } }, server),
    platform.podGroup({ ...named(METADATA), lifetime: "once", scratch }, task),
    platform.podGroup({ ...named(CHECK), lifetime: "job", scratch }, task),
  ];
}
