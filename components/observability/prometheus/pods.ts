import type { Labels } from "../../core/labels";
import type { Platform } from "../../core/platform";
import type { PodGroup, Sidecar } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import { agentPods } from "../agents";
import type { PrometheusSettings } from "./settings";

export const PROMETHEUS = "prometheus";
export const ALERTMANAGER = "alertmanager";
export const OPERATOR = "prometheus-operator";
export const STATE_METRICS = "kube-state-metrics";
export const NODE_EXPORTER = "node-exporter";

/** Name of each pod's claim. */
export const DATA = "data";
/** Container beside each server that hands over its configuration. */
export const RELOADER = "config-reloader";

/** What one node exporter takes: it reads files, and keeps nothing. */
const EXPORTER_SIZE = { cpu: 0.05, memory: 64 * MiB };

const reloader = (platform: Platform): Sidecar => platform.sidecar(RELOADER, { cpu: 0.01, memory: 64 * MiB });

function servers(platform: Platform, service: string, size: PrometheusSettings["server"], volume: number): PodGroup {
  return platform.podGroup(
    {
      service,
      role: "server",
      namespace: platform.namespace("observability"),
      volumes: [platform.volume(DATA, volume)],
      // Two on one node would be lost together.
      spread: size.replicas > 1 ? "one-per-node" : "any",
      sidecars: [reloader(platform)],
    },
    size,
  );
}

export const prometheusPods = (platform: Platform, { server, volume }: PrometheusSettings): [PodGroup] => [
  servers(platform, PROMETHEUS, server, volume),
];

export const alertmanagerPods = (platform: Platform, { alertmanager }: PrometheusSettings): [PodGroup] => [
  servers(platform, ALERTMANAGER, alertmanager.server, alertmanager.volume),
];

/** Pods of one chart: the operator, and the reporter on objects. */
export function operatorPods(
  platform: Platform,
  { operatorSize, stateMetrics }: PrometheusSettings,
): [operator: PodGroup, stateMetrics: PodGroup] {
  const named = (role: string) => ({ service: OPERATOR, role, namespace: platform.namespace("operators") });
  return [platform.podGroup(named(OPERATOR), operatorSize), platform.podGroup(named(STATE_METRICS), stateMetrics)];
}

export const exporterPods = (platform: Platform): [PodGroup] => [agentPods(platform, NODE_EXPORTER, EXPORTER_SIZE)];

const name = "app.kubernetes.io/name";
const instance = { "app.kubernetes.io/instance": OPERATOR };
export const EXPORTER_LABELS: Labels = { [name]: NODE_EXPORTER, "app.kubernetes.io/instance": NODE_EXPORTER };
/** Labels that the charts give their pods. */
export const CHART_LABELS: Readonly<Record<string, Labels>> = {
  [OPERATOR]: { [name]: "kube-prometheus-stack-prometheus-operator", ...instance },
  [STATE_METRICS]: { [name]: STATE_METRICS, ...instance },
  [NODE_EXPORTER]: EXPORTER_LABELS,
};

/** Labels that the operator gives the pods of a resource, whose name is that of its kind. */
export const operatedLabels = (kind: typeof PROMETHEUS | typeof ALERTMANAGER): Labels => ({
  [name]: kind,
  "app.kubernetes.io/instance": kind,
});
