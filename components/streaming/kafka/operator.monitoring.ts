import type { Monitoring } from "../../core/monitoring";
import { PORT } from "./operator.config";

export const strimziMonitoring: Monitoring = {
  scrapes: [{ role: "strimzi", portName: "http", port: PORT }],
  alerts: [
    {
      name: "StrimziOperatorDown",
      expr: 'absent(up{pod=~"strimzi-cluster-operator-.*"} == 1)',
      for: "10m",
      severity: "warning",
      summary: "No Strimzi operator answers: Kafka runs on, but nobody restarts, changes or renews anything of it.",
      test: { series: { 'up{pod="strimzi-cluster-operator-a"}': "0x20" }, at: "15m", labels: {} },
    },
    {
      name: "StrimziReconciliationFailing",
      expr: "sum by (kind) (increase(strimzi_reconciliations_failed_total[30m])) > 3",
      for: "10m",
      severity: "warning",
      summary: "Strimzi keeps failing to bring a resource to the state that the stack asks for.",
      test: {
        series: { 'strimzi_reconciliations_failed_total{kind="Kafka"}': "0+1x40" },
        at: "35m",
        labels: { kind: "Kafka" },
      },
    },
  ],
  panels: [
    {
      title: "Reconciliations that failed",
      expr: "sum by (kind) (rate(strimzi_reconciliations_failed_total[5m]))",
      legend: "{{kind}}",
      unit: "reqps",
    },
  ],
};
