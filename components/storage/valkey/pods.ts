import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import { RUN_DIRECTORY } from "./config";
import type { ValkeySettings } from "./settings";

export const DATA = "data";
/** Sidecar of each server that exports its metrics. */
export const EXPORTER = "exporter";

export function valkeyPods(platform: Platform, { server, volume }: ValkeySettings): PodGroup[] {
  return [
    platform.podGroup(
      {
        service: "valkey",
        role: "server",
        namespace: platform.namespace("storage"),
        volumes: [platform.volume(DATA, volume)],
        spread: server.replicas > 1 ? "one-per-node" : "any",
        sidecars: [platform.sidecar(EXPORTER, { cpu: 0.02, memory: 64 * MiB })],
        scratch: { [RUN_DIRECTORY]: MiB },
      },
      server,
    ),
  ];
}
