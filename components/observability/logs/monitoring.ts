import { volumeFilling } from "../../core/alerts";
import type { Monitoring } from "../../core/monitoring";
import { AGENT_METRICS } from "./agent.config";
import { METRICS } from "./loki.config";
import { ALLOY, DATA, LOKI } from "./pods";

const UP = `up{job="${LOKI}"}`;
const CLAIMS = `persistentvolumeclaim=~"${DATA}-loki-server-.*"`;

/** Only what Prometheus and the kubelet say: Loki itself cannot run in this project's tests, so none of its own metrics has been seen. */
export const lokiMonitoring: Monitoring = {
  scrapes: [{ role: "server", ...METRICS }],
  alerts: [
    {
      name: "LokiDown",
      expr: `absent(${UP} == 1)`,
      for: "5m",
      severity: "critical",
      summary: "No Loki answers: agents wait with new lines, and nobody can search old ones.",
      test: { series: { [UP]: "0x15" }, at: "10m", labels: {} },
    },
    {
      name: "LokiReplicaMissing",
      expr: `count(${UP} == 1) < count(${UP})`,
      for: "10m",
      severity: "warning",
      summary: "A Loki does not answer: when one more goes, writes stop.",
      test: {
        series: {
          [`up{job="${LOKI}", pod="loki-server-0"}`]: "1x20",
          [`up{job="${LOKI}", pod="loki-server-1"}`]: "0x20",
        },
        at: "15m",
        labels: {},
      },
    },
    {
      name: "LokiDiskFilling",
      ...volumeFilling(CLAIMS, 0.15, { namespace: "lakehouse-observability", name: `${DATA}-loki-server-0` }),
      for: "10m",
      severity: "warning",
      summary: "A volume of Loki has less than 15 % left: lines do not reach the object store as fast as they come.",
    },
  ],
  panels: [
    {
      title: "Free room of volumes",
      expr: `min by (persistentvolumeclaim) (kubelet_volume_stats_available_bytes{${CLAIMS}})`,
      legend: "{{persistentvolumeclaim}}",
      unit: "bytes",
    },
    {
      title: "Memory of pods",
      expr: 'sum by (pod) (container_memory_working_set_bytes{pod=~"loki-server-.*", container="loki"})',
      legend: "{{pod}}",
      unit: "bytes",
    },
  ],
};

const AGENT_UP = `up{job="${ALLOY}"}`;

export const agentMonitoring: Monitoring = {
  scrapes: [{ role: ALLOY, ...AGENT_METRICS }],
  alerts: [
    {
      name: "LogAgentDown",
      expr: `${AGENT_UP} == 0`,
      for: "15m",
      severity: "warning",
      summary:
        "The agent of a node does not answer: logs of its pods are not collected, and are lost when their files go.",
      test: {
        series: { [`up{job="${ALLOY}", pod="alloy-a"}`]: "0x30" },
        at: "20m",
        labels: { job: ALLOY, pod: "alloy-a" },
      },
    },
  ],
  panels: [
    {
      title: "Memory of agents",
      expr: 'sum by (pod) (container_memory_working_set_bytes{pod=~"alloy-.*", container="alloy"})',
      legend: "{{pod}}",
      unit: "bytes",
    },
  ],
};
