import { memoryFull, nothingReady, podMissing } from "../../core/alerts";
import { deploymentPanels } from "../../core/deployment-panels";
import type { Monitoring } from "../../core/monitoring";
import { METRICS } from "./config";
import { SERVER, SERVICE } from "./pods";

const DEPLOYMENT = "nessie-server";
const namespace = "lakehouse-catalog";
const REQUESTS = "http_server_requests_seconds";

/** Names are those of Nessie 0.99. */
export const monitoring: Monitoring = {
  scrapes: [{ role: SERVER, ...METRICS }],
  alerts: [
    {
      name: "NessieDown",
      ...nothingReady(DEPLOYMENT, { namespace, at: "8m" }),
      for: "3m",
      severity: "critical",
      summary:
        "No replica of Nessie is ready: its tables are neither read nor written, and keys that end are not renewed.",
    },
    {
      name: "NessieReplicaMissing",
      ...podMissing(`deployment="${DEPLOYMENT}"`, { kind: "deployment", namespace, name: DEPLOYMENT, at: "25m" }),
      for: "20m",
      severity: "warning",
      summary: "A replica of Nessie is not ready: the others answer.",
    },
    {
      name: "NessieMemoryFull",
      ...memoryFull(SERVICE, 0.95, { namespace, name: DEPLOYMENT }),
      for: "15m",
      severity: "warning",
      summary: "Nessie has nearly used its memory: beyond it the pod ends.",
    },
  ],
  panels: [
    ...deploymentPanels(DEPLOYMENT, SERVICE),
    {
      title: "Requests",
      expr: `sum by (status) (rate(${REQUESTS}_count{namespace="${namespace}",pod=~"${DEPLOYMENT}-.*"}[5m]))`,
      legend: "{{status}}",
      unit: "reqps",
    },
    {
      title: "Time of a request",
      expr: `sum by (method) (rate(${REQUESTS}_sum{namespace="${namespace}",pod=~"${DEPLOYMENT}-.*"}[5m])) / sum by (method) (rate(${REQUESTS}_count{namespace="${namespace}",pod=~"${DEPLOYMENT}-.*"}[5m]))`,
      legend: "{{method}}",
      unit: "s",
    },
  ],
};
