import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import type { NessieSettings } from "./settings";

export const SERVICE = "nessie";
export const SERVER = "server";
/** Stands before each server, in its pod. */
export const FRONT = "front";

export function nessiePods(platform: Platform, { server }: NessieSettings): PodGroup[] {
  return [
    platform.podGroup(
      {
        service: SERVICE,
        role: SERVER,
        namespace: platform.namespace("catalog"),
        scratch: { "/tmp": 64 * MiB },
        sidecars: [platform.sidecar(FRONT, { cpu: 0.05, memory: 96 * MiB })],
      },
      server,
    ),
  ];
}
