import type { Monitoring } from "../../core/monitoring";
import { METRICS } from "./config";
import { GRAFANA } from "./pods";

const UP = `up{job="${GRAFANA}"}`;

export const monitoring: Monitoring = {
  scrapes: [{ role: "server", ...METRICS }],
  alerts: [
    {
      name: "GrafanaDown",
      expr: `absent(${UP} == 1)`,
      for: "10m",
      severity: "warning",
      summary: "No Grafana answers: alerts are still sent, and nobody sees dashboards.",
      test: { series: { [UP]: "0x20" }, at: "15m", labels: {} },
    },
  ],
  panels: [],
};
