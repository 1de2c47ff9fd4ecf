import type { Monitoring } from "../../core/monitoring";
import { METRICS } from "./operator.config";
import { OPERATOR } from "./pods";

export const operatorMonitoring: Monitoring = {
  scrapes: [{ role: OPERATOR, ...METRICS }],
  alerts: [
    {
      name: "ClickhouseOperatorDown",
      expr: `absent(up{job="${OPERATOR}"} == 1)`,
      for: "10m",
      severity: "warning",
      summary: "No ClickHouse operator answers: servers run on, but nobody makes a lost one or takes a change to them.",
      test: { series: { [`up{job="${OPERATOR}"}`]: "0x20" }, at: "15m", labels: {} },
    },
    {
      name: "ClickhouseReconciliationFailing",
      expr: `sum(increase(clickhouse_operator_host_reconciles_errors{job="${OPERATOR}"}[1h])) > 3`,
      for: "10m",
      severity: "warning",
      summary: "The ClickHouse operator fails to bring a server to the state that the stack asks for.",
      test: {
        series: { [`clickhouse_operator_host_reconciles_errors{job="${OPERATOR}"}`]: "0+1x90" },
        at: "75m",
        labels: {},
      },
    },
  ],
  panels: [
    {
      title: "Servers that the operator has changed",
      expr: `sum(increase(clickhouse_operator_host_reconciles_completed{job="${OPERATOR}"}[15m]))`,
      legend: "servers",
      unit: "short",
    },
  ],
};
