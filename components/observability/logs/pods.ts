import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import { agentPods } from "../agents";
import type { LogsSettings } from "./settings";

export const LOKI = "loki";
export const ALLOY = "alloy";
export const DATA = "data";
export const DATA_DIRECTORY = "/var/loki";

/** What an agent takes: it holds some seconds of lines. */
const AGENT = { cpu: 0.1, memory: 256 * MiB };

export const lokiPods = (platform: Platform, { server, volume }: LogsSettings): [PodGroup] => [
  platform.podGroup(
    {
      service: LOKI,
      role: "server",
      namespace: platform.namespace("observability"),
      volumes: [platform.volume(DATA, volume)],
      spread: server.replicas > 1 ? "one-per-node" : "any",
      scratch: { "/tmp": 64 * MiB },
    },
    server,
  ),
];

/** How far each file was read is kept in a directory of the pod: a new pod reads files of its node again, and Loki knows what it has. */
export const alloyPods = (platform: Platform): [PodGroup] => [agentPods(platform, ALLOY, AGENT)];

/** Agents that write to a search store. What waits there is on the node's disk, in a directory of the node. */
export const COLLECTOR = "log-collector";
const COLLECTOR_SIZE = { cpu: 0.1, memory: 256 * MiB };
export const collectorPods = (platform: Platform): [PodGroup] => [agentPods(platform, COLLECTOR, COLLECTOR_SIZE)];
export const COLLECTOR_LABELS = { "app.kubernetes.io/name": COLLECTOR, "app.kubernetes.io/instance": COLLECTOR };

export const ALLOY_LABELS = { "app.kubernetes.io/name": ALLOY, "app.kubernetes.io/instance": ALLOY };
