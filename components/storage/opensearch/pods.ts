import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { GiB, MiB } from "../../core/quantity";
import type { OpensearchSettings } from "./settings";

/** The nodes: what the price book counts. */
export const NAME = "opensearch";
/** Who may do what, and how the nodes are. */
export const ACCESS = "opensearch-access";
export const DASHBOARDS = "opensearch-dashboards";

export type NodeRole = "data" | "manager" | "coordinator";
export const NODE_ROLES: readonly NodeRole[] = ["data", "manager", "coordinator"];

export const DATA = "data";
export const DATA_DIRECTORY = "/usr/share/opensearch/data";
/** The image's configuration with ours over it, and the keystore: made at each start. */
export const CONFIG_DIRECTORY = "/srv/opensearch/config";
/** The image's JVM options write a log of collections there. */
const LOG_DIRECTORY = "/usr/share/opensearch/logs";
/** What Dashboards itself writes. */
export const DASHBOARDS_DIRECTORY = "/srv/dashboards";

/** What a node that only leads keeps: the cluster's state. */
const MANAGER_VOLUME = 8 * GiB;
/** A script of calls. */
const SETUP = { replicas: 1, cpu: 0.1, memory: 128 * MiB, pool: undefined };

export function nodePods(platform: Platform, settings: OpensearchSettings): PodGroup[] {
  const roles = NODE_ROLES.filter((role) => settings[role].replicas > 0);
  return roles.map((role) => nodes(platform, settings, role));
}

function nodes(platform: Platform, settings: OpensearchSettings, role: NodeRole): PodGroup {
  const size = settings[role];
  return platform.podGroup(
    {
      service: NAME,
      role,
      namespace: platform.namespace("storage"),
      spread: size.replicas > 1 ? "one-per-node" : "any",
      volumes:
        role === "coordinator" ? [] : [platform.volume(DATA, role === "data" ? settings.volume : MANAGER_VOLUME)],
      scratch: {
        "/tmp": 256 * MiB,
        [CONFIG_DIRECTORY]: 16 * MiB,
        [LOG_DIRECTORY]: GiB,
        ...(role === "coordinator" ? { [DATA_DIRECTORY]: 256 * MiB } : {}),
      },
    },
    size,
  );
}

export function accessPods(platform: Platform, { exporter }: OpensearchSettings): PodGroup[] {
  const named = (role: string) => ({ service: ACCESS, role, namespace: platform.namespace("storage") });
  return [
    platform.podGroup({ ...named("setup"), lifetime: "once", scratch: { "/tmp": 16 * MiB } }, SETUP),
    platform.podGroup(named("exporter"), exporter),
  ];
}

export function dashboardsPods(platform: Platform, { dashboards }: OpensearchSettings): PodGroup[] {
  if (!dashboards.enabled) return [];
  const scratch = { "/tmp": 256 * MiB, [DASHBOARDS_DIRECTORY]: 64 * MiB };
  return [
    platform.podGroup(
      { service: DASHBOARDS, role: "server", namespace: platform.namespace("storage"), scratch },
      dashboards.server,
    ),
  ];
}
