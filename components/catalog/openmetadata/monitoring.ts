import type { Alert, Monitoring } from "../../core/monitoring";
import { METRICS } from "./config";
import { SERVER } from "./pods";

const NAMESPACE = 'namespace="lakehouse-catalog"';
const DEPLOYMENT = 'deployment="openmetadata-server"';
const CONTAINER = 'pod=~"openmetadata-server-.*",container="openmetadata"';
const POD = `${NAMESPACE},pod="openmetadata-server-a",container="openmetadata"`;
const BY_DEPLOYMENT = "by (namespace, deployment)";
const available = (of: string) => `kube_deployment_status_replicas_available{${of}}`;
const memory = (of: string) => `container_memory_working_set_bytes{${of}}`;
const limit = (of: string) => `kube_pod_container_resource_limits{${of},resource="memory"}`;
const failed = (job: string, more = "") => `kube_job_failed{${more}job_name="${job}",condition="true"}`;

const job = (name: string, what: string, summary: string): Alert => ({
  name,
  expr: `max by (namespace, job_name) (${failed(what)}) > 0`,
  for: "5m",
  severity: "warning",
  summary,
  test: {
    series: { [failed(what, `${NAMESPACE},`)]: "1x20" },
    at: "10m",
    labels: { namespace: "lakehouse-catalog", job_name: what },
  },
});

/** Series of kube-state-metrics and the kubelet: which of its own the server has was not seen. */
export const monitoring: Monitoring = {
  scrapes: [{ role: SERVER, ...METRICS }],
  alerts: [
    {
      name: "OpenmetadataDown",
      expr: `sum ${BY_DEPLOYMENT} (${available(DEPLOYMENT)}) < 1`,
      for: "5m",
      severity: "warning",
      summary: "No replica of OpenMetadata is ready: nobody finds data, and lineage of what runs now is lost.",
      test: {
        series: { [available(`${NAMESPACE},${DEPLOYMENT}`)]: "0x20" },
        at: "10m",
        labels: { namespace: "lakehouse-catalog", deployment: "openmetadata-server" },
      },
    },
    {
      name: "OpenmetadataMemoryFull",
      expr: `max by (namespace, pod) (${memory(CONTAINER)}) / max by (namespace, pod) (${limit(CONTAINER)}) > 0.95`,
      for: "15m",
      severity: "warning",
      summary: "OpenMetadata has nearly used its memory: beyond it the pod ends.",
      test: {
        series: { [memory(POD)]: "98x30", [limit(POD)]: "100x30" },
        at: "20m",
        labels: { namespace: "lakehouse-catalog", pod: "openmetadata-server-a" },
      },
    },
    job("OpenmetadataMigrationFailed", "openmetadata-migration", "OpenMetadata's tables are not those of its version."),
    job(
      "OpenmetadataSetupFailed",
      "openmetadata-setup",
      "OpenMetadata's users and settings are not those of the stack: lineage may be refused.",
    ),
  ],
  panels: [
    { title: "Ready replicas", expr: `sum(${available(DEPLOYMENT)})`, legend: "ready", unit: "short" },
    { title: "Memory", expr: `sum by (pod) (${memory(CONTAINER)})`, legend: "{{pod}}", unit: "bytes" },
    {
      title: "Processors",
      expr: `sum by (pod) (rate(container_cpu_usage_seconds_total{${CONTAINER}}[5m]))`,
      legend: "{{pod}}",
      unit: "short",
    },
    {
      title: "Sent and received",
      expr: 'sum by (pod) (rate(container_network_transmit_bytes_total{pod=~"openmetadata-server-.*"}[5m]) + rate(container_network_receive_bytes_total{pod=~"openmetadata-server-.*"}[5m]))',
      legend: "{{pod}}",
      unit: "Bps",
    },
  ],
};
