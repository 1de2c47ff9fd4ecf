import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import type { GrafanaSettings } from "./settings";

export const GRAFANA = "grafana";
/** Container that copies dashboards of ConfigMaps into files. */
export const SIDECAR = "dashboards";
export const DATA_DIRECTORY = "/var/lib/grafana";
export const DASHBOARDS_DIRECTORY = "/tmp/dashboards";

export const grafanaPods = (platform: Platform, { server }: GrafanaSettings): [PodGroup] => [
  platform.podGroup(
    {
      service: GRAFANA,
      role: "server",
      namespace: platform.namespace("observability"),
      sidecars: [platform.sidecar(SIDECAR, { cpu: 0.02, memory: 128 * MiB })],
      scratch: { "/tmp": 128 * MiB, [DATA_DIRECTORY]: 512 * MiB },
    },
    server,
  ),
];
