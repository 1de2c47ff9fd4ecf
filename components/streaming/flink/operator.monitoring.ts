import type { Monitoring } from "../../core/monitoring";
import { METRICS } from "./operator.config";

export const flinkOperatorMonitoring: Monitoring = {
  scrapes: [{ role: "flink-operator", ...METRICS }],
  alerts: [
    {
      name: "FlinkOperatorDown",
      expr: 'absent(up{pod=~"flink-operator-.*"} == 1)',
      for: "10m",
      severity: "warning",
      summary: "No Flink operator answers: jobs run on, but nobody starts, changes or repairs one.",
      test: { series: { 'up{pod="flink-operator-a"}': "0x20" }, at: "15m", labels: {} },
    },
  ],
  panels: [
    {
      title: "Memory of the operator",
      expr: 'sum by (pod) (container_memory_working_set_bytes{pod=~"flink-operator-.*", container!=""})',
      legend: "{{pod}}",
      unit: "bytes",
    },
  ],
};
