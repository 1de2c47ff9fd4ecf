import type { Monitoring } from "../../core/monitoring";
import { METRICS } from "../kafka/config";

/** Metric names: Connect's and Debezium's by the rules in kafka/metrics.ts, slots by CloudNativePG's default queries. */
export const connectMonitoring: Monitoring = {
  scrapes: [{ role: "connect", ...METRICS }],
  alerts: [
    {
      name: "ConnectDown",
      expr: 'absent(up{pod=~"connect-connect-[0-9]+"} == 1)',
      for: "5m",
      severity: "critical",
      summary: "No Kafka Connect worker answers: changes of databases no longer reach Kafka.",
      test: { series: { 'up{pod="connect-connect-0"}': "0x15" }, at: "10m", labels: {} },
    },
    {
      name: "ConnectTaskFailed",
      expr: "sum by (connector) (kafka_connect_worker_connector_failed_task_count) > 0",
      for: "5m",
      severity: "critical",
      summary: "A connector's task failed and was not brought back by restarts: its source is no longer followed.",
      test: {
        series: { 'kafka_connect_worker_connector_failed_task_count{connector="source-shop"}': "1x15" },
        at: "10m",
        labels: { connector: "source-shop" },
      },
    },
    {
      name: "ConnectSourceBehind",
      expr: "max by (server) (debezium_metrics_milliseconds_behind_source) / 1000 > 300",
      for: "10m",
      severity: "warning",
      summary: "Changes reach Kafka more than five minutes after they were made.",
      test: {
        series: { 'debezium_metrics_milliseconds_behind_source{server="shop"}': "600000x20" },
        at: "15m",
        labels: { server: "shop" },
      },
    },
    {
      name: "ReplicationSlotGrowing",
      expr: 'max by (slot_name) (cnpg_pg_replication_slots_pg_wal_lsn_diff{slot_name=~"connect_.*"}) > 536870912',
      for: "15m",
      severity: "critical",
      summary:
        "A replication slot holds back more than 512 MiB of PostgreSQL's log; a full log volume stops the server.",
      test: {
        series: { 'cnpg_pg_replication_slots_pg_wal_lsn_diff{slot_name="connect_shop"}': "900000000x25" },
        at: "20m",
        labels: { slot_name: "connect_shop" },
      },
    },
  ],
  panels: [
    {
      title: "Changes to Kafka",
      expr: "sum by (connector) (rate(kafka_connect_source_task_source_record_write_total[5m]))",
      legend: "{{connector}}",
      unit: "reqps",
    },
    {
      title: "Behind the source",
      expr: "max by (server) (debezium_metrics_milliseconds_behind_source) / 1000",
      legend: "{{server}}",
      unit: "s",
    },
    {
      title: "Log held back by slots",
      expr: 'max by (slot_name) (cnpg_pg_replication_slots_pg_wal_lsn_diff{slot_name=~"connect_.*"})',
      legend: "{{slot_name}}",
      unit: "bytes",
    },
    {
      title: "Failed tasks",
      expr: "sum by (connector) (kafka_connect_worker_connector_failed_task_count)",
      legend: "{{connector}}",
      unit: "short",
    },
  ],
};
