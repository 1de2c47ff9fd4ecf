import type { Platform } from "../../core/platform";
import { type PodGroup, groupName, mainContainer } from "../../core/pod-group";
import { GiB, MiB } from "../../core/quantity";
import type { NifiSettings } from "./settings";

export const NAME = "nifi";
/** Hands over the flow. */
export const FLOWS = "flows";
/** Looks whether it runs. */
export const CHECK = "check";
export const CHECK_TASK = groupName({ service: NAME, role: CHECK });
export const NODES = groupName({ service: NAME, role: "node" });

/** Everything that a node keeps, and its configuration, which is made at each start. */
const DIRECTORY = "/srv/nifi";
export const DIRECTORIES = {
  conf: `${DIRECTORY}/conf`,
  work: `${DIRECTORY}/work`,
  state: `${DIRECTORY}/state`,
  content: `${DIRECTORY}/content`,
  provenance: `${DIRECTORY}/provenance`,
  inbox: `${DIRECTORY}/inbox`,
} as const;
export const VOLUMES = ["state", "content", "provenance"] as const;

/** A namespace of its own: its nodes keep their state in ConfigMaps, of which they may change any. */
export const namespaceOf = (platform: Pick<Platform, "namespace">): string => platform.namespace("nifi");

export function nifiPods(platform: Platform, settings: NifiSettings): PodGroup[] {
  const named = (role: string) => ({ service: NAME, role, namespace: namespaceOf(platform) });
  // One program of Python.
  const task = { replicas: 1, cpu: 0.05, memory: 64 * MiB, pool: settings.node.pool };
  const scratch = { "/tmp": 16 * MiB };
  return [
    platform.podGroup(
      {
        ...named("node"),
        spread: settings.node.replicas > 1 ? "one-per-node" : "any",
        volumes: VOLUMES.map((name) => platform.volume(name, settings[name])),
        // NiFi unpacks its archives at each start.
        scratch: { "/tmp": GiB, [DIRECTORIES.conf]: 16 * MiB, [DIRECTORIES.work]: 6 * GiB },
      },
      settings.node,
    ),
    platform.podGroup({ ...named(FLOWS), lifetime: "once", scratch }, task),
    platform.podGroup({ ...named(CHECK), lifetime: "job", scratch }, task),
  ];
}

/** Half of the memory, in MiB: the rest is for classes, threads, buffers and the kernel's cache of the repositories. */
export const heapMiB = (group: PodGroup): number => Math.floor(mainContainer(group).limits.memory / 2 / MiB);
