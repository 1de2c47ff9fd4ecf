import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { GiB, MiB } from "../../core/quantity";
import * as search from "../search-nodes";
import type { OpensearchSettings } from "./settings";

/** The nodes: what the price book counts. */
export const NAME = "opensearch";
/** Who may do what, and how the nodes are. */
export const ACCESS = "opensearch-access";
export const DASHBOARDS = "opensearch-dashboards";

export const DATA = "data";
export const DATA_DIRECTORY = "/usr/share/opensearch/data";
/** The image's configuration with ours over it, and the keystore: made at each start. */
export const CONFIG_DIRECTORY = "/srv/opensearch/config";
/** The image's JVM options write a log of collections there. */
const LOG_DIRECTORY = "/usr/share/opensearch/logs";
/** What Dashboards itself writes. */
export const DASHBOARDS_DIRECTORY = "/srv/dashboards";

export const nodePods = (platform: Platform, settings: OpensearchSettings): PodGroup[] =>
  search.nodePods(platform, {
    service: NAME,
    sizes: settings,
    data: { name: DATA, size: settings.volume, path: DATA_DIRECTORY },
    scratch: { "/tmp": 256 * MiB, [CONFIG_DIRECTORY]: 16 * MiB, [LOG_DIRECTORY]: GiB },
  });

export const accessPods = (platform: Platform, { exporter }: OpensearchSettings): PodGroup[] =>
  search.accessPods(platform, ACCESS, exporter);

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
