import type { Monitoring } from "../../core/monitoring";
import { METRICS_PORT } from "./operator.config";
import { OPERATOR } from "./pods";

export const operatorMonitoring: Monitoring = {
  scrapes: [{ role: "controller", portName: "metrics", port: METRICS_PORT }],
  alerts: [
    {
      name: "MariadbOperatorDown",
      expr: `absent(up{job="${OPERATOR}"} == 1)`,
      for: "10m",
      severity: "warning",
      summary: "No mariadb-operator answers: servers run on, but nobody takes the place of a lost primary.",
      test: { series: { [`up{job="${OPERATOR}"}`]: "0x20" }, at: "15m", labels: {} },
    },
    {
      name: "MariadbReconciliationFailing",
      expr: `sum by (controller) (increase(controller_runtime_reconcile_errors_total{job="${OPERATOR}"}[30m])) > 10`,
      for: "10m",
      severity: "warning",
      summary: "mariadb-operator keeps failing to bring a resource to the state that the stack asks for.",
      test: {
        series: { [`controller_runtime_reconcile_errors_total{job="${OPERATOR}", controller="grant"}`]: "0+1x60" },
        at: "45m",
        labels: { controller: "grant" },
      },
    },
  ],
  panels: [
    {
      title: "Reconciliations that failed",
      expr: `sum by (controller) (rate(controller_runtime_reconcile_errors_total{job="${OPERATOR}"}[5m]))`,
      legend: "{{controller}}",
      unit: "reqps",
    },
  ],
};
