import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import { HOME } from "./config";
import type { IdentitySettings } from "./settings";

export const SERVICE = "keycloak";
export const SERVER = "server";
/** Gives Keycloak realm, groups, people and clients. */
export const SETUP = "setup";

export function keycloakPods(platform: Platform, { server }: Pick<IdentitySettings, "server">): PodGroup[] {
  const named = (role: string) => ({ service: SERVICE, role, namespace: platform.namespace("identity") });
  return [
    // The program is copied, because it builds itself anew by its options.
    platform.podGroup({ ...named(SERVER), scratch: { [HOME]: 512 * MiB, "/tmp": 64 * MiB } }, server),
    platform.podGroup(
      { ...named(SETUP), lifetime: "once", scratch: { "/tmp": 16 * MiB } },
      { replicas: 1, cpu: 0.05, memory: 64 * MiB, pool: server.pool },
    ),
  ];
}
