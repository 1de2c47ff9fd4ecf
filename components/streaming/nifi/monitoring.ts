import { podMissing, taskTooOld, volumeFilling } from "../../core/alerts";
import type { Monitoring } from "../../core/monitoring";
import { SECRETS } from "./certificates";
import { HEADLESS, METRICS_PATH, PORTS } from "./config";
import { CHECK_TASK as CHECK, NAME, NODES } from "./pods";

const NAMESPACE = "lakehouse-nifi";
const QUEUE = 'component_type="Connection"';

/** Names are those of NiFi's own registry, read by the engine's proof. */
export const monitoring: Monitoring = {
  scrapes: [
    {
      role: "node",
      portName: "https",
      port: PORTS.https,
      path: METRICS_PATH,
      tls: { secret: SECRETS.metrics, host: `$1.${HEADLESS}.${NAMESPACE}.svc`, serverName: `${NAME}.${NAMESPACE}.svc` },
    },
  ],
  alerts: [
    {
      name: "NifiNodeMissing",
      ...podMissing(`statefulset="${NODES}"`, { namespace: NAMESPACE, name: NODES }),
      for: "10m",
      severity: "critical",
      summary: "A node of NiFi is not ready: what is in its queues and its inbox waits.",
    },
    {
      name: "NifiBackPressure",
      expr: `max by (source_name, destination_name) (nifi_percent_used_count{${QUEUE}} >= 100 or nifi_percent_used_bytes{${QUEUE}} >= 100)`,
      for: "15m",
      severity: "warning",
      summary: "A queue of NiFi has been full for a while: what fills it waits, back to the source.",
      test: {
        series: { [`nifi_percent_used_count{${QUEUE},source_name="Check JSON",destination_name="Land"}`]: "100x30" },
        at: "20m",
        labels: { source_name: "Check JSON", destination_name: "Land" },
      },
    },
    {
      name: "NifiFlowNotRunning",
      ...taskTooOld(CHECK, 1, NAMESPACE),
      for: "5m",
      severity: "critical",
      summary: "A processor of NiFi's flow has been stopped or invalid for an hour: files or records are not landed.",
    },
    {
      name: "NifiRepositoryFilling",
      ...volumeFilling(`persistentvolumeclaim=~"(state|content|provenance)-${NODES}-[0-9]+"`, 0.15, {
        namespace: NAMESPACE,
        name: `content-${NODES}-0`,
      }),
      for: "15m",
      severity: "critical",
      summary: "A volume of NiFi has less than 15 % left: a full one stops its node.",
    },
  ],
  panels: [
    {
      title: "Files in queues",
      expr: `sum by (source_name, destination_name) (nifi_amount_items_queued{${QUEUE}})`,
      legend: "{{source_name}} → {{destination_name}}",
      unit: "short",
    },
    {
      title: "Landed in the last five minutes",
      expr: 'sum by (component_name) (nifi_amount_bytes_read{component_type="Processor",component_name=~"Land|Quarantine"})',
      legend: "{{component_name}}",
      unit: "bytes",
    },
    { title: "Heap", expr: "max by (pod) (nifi_jvm_heap_usage)", legend: "{{pod}}", unit: "percentunit" },
    { title: "Connected nodes", expr: "max(cluster_connected_node_count)", legend: "nodes", unit: "short" },
  ],
};
