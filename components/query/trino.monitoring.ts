import type { Monitoring } from "../core/monitoring";
import { PORT } from "./trino.config";

const scrape = { portName: "http", port: PORT, basicAuthSecret: "trino-metrics" };

export const monitoring: Monitoring = {
  scrapes: [
    { ...scrape, role: "coordinator" },
    { ...scrape, role: "worker" },
  ],
  alerts: [
    {
      name: "TrinoCoordinatorDown",
      expr: 'absent(up{pod=~"trino-coordinator-.*"} == 1)',
      for: "2m",
      severity: "critical",
      summary: "No Trino coordinator answers: no query can run.",
      test: { series: { 'up{pod="trino-coordinator-0"}': "0x10" }, at: "5m", labels: {} },
    },
    {
      name: "TrinoWorkerMissing",
      expr: 'count(up{pod=~"trino-worker-.*"} == 0) > 0',
      for: "10m",
      severity: "warning",
      summary: "A Trino worker does not answer: queries are slower and may run out of memory.",
      test: {
        series: { 'up{pod="trino-worker-a"}': "1x20", 'up{pod="trino-worker-b"}': "0x20" },
        at: "15m",
        labels: {},
      },
    },
  ],
  panels: [
    {
      title: "Running queries",
      expr: "sum(trino_execution_name_QueryManager_RunningQueries)",
      legend: "running",
      unit: "short",
    },
    {
      title: "Queued queries",
      expr: "sum(trino_execution_name_QueryManager_QueuedQueries)",
      legend: "queued",
      unit: "short",
    },
    {
      title: "Memory of pods",
      expr: 'sum by (pod) (container_memory_working_set_bytes{pod=~"trino-.*", container="trino"})',
      legend: "{{pod}}",
      unit: "bytes",
    },
  ],
};
