import type { Monitoring } from "../../core/monitoring";
import { COLLECTOR_METRICS } from "./collector.config";
import { COLLECTOR } from "./pods";

const JOB = `job="${COLLECTOR}"`;
const UP = `up{${JOB}}`;
const FAILED = `otelcol_exporter_send_failed_log_records{${JOB}}`;
const POD = `${COLLECTOR}-agent-a`;
const labels = { pod: POD };
const of = (metric: string, more = "") => `${metric}{${JOB}, pod="${POD}"${more}}`;

export const collectorMonitoring: Monitoring = {
  scrapes: [{ role: COLLECTOR, ...COLLECTOR_METRICS }],
  alerts: [
    {
      name: "LogCollectorsGone",
      expr: `absent(${UP} == 1)`,
      for: "10m",
      severity: "critical",
      summary: "No log collector answers: no log of any pod is collected.",
      test: { series: { [UP]: "0x20" }, at: "15m", labels: {} },
    },
    {
      name: "LogCollectorDown",
      expr: `${UP} == 0`,
      for: "15m",
      severity: "warning",
      summary:
        "The log collector of a node does not answer: logs of its pods are not collected, and are lost when their files go.",
      test: { series: { [of("up")]: "0x30" }, at: "20m", labels: { job: COLLECTOR, pod: POD } },
    },
    {
      name: "LogsWaiting",
      expr: `max by (pod) (otelcol_exporter_queue_size{${JOB}} / otelcol_exporter_queue_capacity{${JOB}}) > 0.5`,
      for: "15m",
      severity: "warning",
      summary:
        "The store does not take logs as fast as they come: half of a node's queue is full, and when it is full, files wait.",
      test: {
        series: { [of("otelcol_exporter_queue_size")]: "300x30", [of("otelcol_exporter_queue_capacity")]: "512x30" },
        at: "20m",
        labels,
      },
    },
    {
      name: "LogsRefused",
      // The first refusal makes the counter, so it has nothing to increase from.
      expr: `sum by (pod) (increase(${FAILED}[15m])) > 0 or (sum by (pod) (${FAILED}) unless sum by (pod) (${FAILED} offset 15m)) > 0`,
      for: "1m",
      severity: "warning",
      summary: "The store refuses entries of logs, and they are dropped: a right or a field's type is wrong.",
      test: { series: { [of("otelcol_exporter_send_failed_log_records")]: "0+1x20" }, at: "15m", labels },
    },
    {
      name: "LogsHeldBack",
      expr: `sum by (pod) (increase(otelcol_receiver_refused_log_records{${JOB}}[15m])) > 0`,
      for: "15m",
      severity: "warning",
      summary: "A log collector reads slower than its node's pods write: its memory or its queue is full.",
      test: { series: { [of("otelcol_receiver_refused_log_records")]: "0+10x40" }, at: "35m", labels },
    },
  ],
  panels: [
    {
      title: "Entries taken by the store",
      expr: `sum by (pod) (rate(otelcol_exporter_sent_log_records{${JOB}}[5m]))`,
      legend: "{{pod}}",
      unit: "short",
    },
    {
      title: "Queue on the node's disk",
      expr: `max by (pod) (otelcol_exporter_queue_size{${JOB}})`,
      legend: "{{pod}}",
      unit: "bytes",
    },
    {
      title: "Memory of collectors",
      expr: `sum by (pod) (container_memory_working_set_bytes{pod=~"${COLLECTOR}-.*", container="${COLLECTOR}"})`,
      legend: "{{pod}}",
      unit: "bytes",
    },
  ],
};
