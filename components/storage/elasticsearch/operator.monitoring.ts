import type { Monitoring } from "../../core/monitoring";
import { METRICS_PORT } from "./operator.config";
import { OPERATOR } from "./pods";

export const operatorMonitoring: Monitoring = {
  scrapes: [{ role: OPERATOR, portName: "metrics", port: METRICS_PORT }],
  alerts: [
    {
      name: "ElasticOperatorDown",
      expr: `absent(up{job="${OPERATOR}"} == 1)`,
      for: "10m",
      severity: "warning",
      summary: "No ECK operator answers: nodes run on, but no change of them, of users or of rights is applied.",
      test: { series: { [`up{job="${OPERATOR}"}`]: "0x20" }, at: "15m", labels: {} },
    },
    {
      name: "ElasticReconciliationFailing",
      expr: `sum by (controller) (increase(controller_runtime_reconcile_errors_total{job="${OPERATOR}"}[30m])) > 10`,
      for: "10m",
      severity: "warning",
      summary: "The ECK operator keeps failing to bring a resource to the state that the stack asks for.",
      test: {
        series: {
          [`controller_runtime_reconcile_errors_total{job="${OPERATOR}", controller="elasticsearch-controller"}`]:
            "0+1x60",
        },
        at: "45m",
        labels: { controller: "elasticsearch-controller" },
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
