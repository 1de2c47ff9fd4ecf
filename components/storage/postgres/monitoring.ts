import type { Monitoring } from "../../core/monitoring";
import { METRICS_PORT } from "./config";

/** Metric names are those of CloudNativePG's default queries. */
export const monitoring: Monitoring = {
  scrapes: [{ role: "server", portName: "metrics", port: METRICS_PORT }],
  alerts: [
    {
      name: "PostgresDown",
      expr: 'absent(cnpg_collector_up{cluster="postgres"} == 1)',
      for: "1m",
      severity: "critical",
      summary: "No PostgreSQL instance answers: the metastore and every service with a database stand still.",
      test: { series: { 'cnpg_collector_up{cluster="postgres"}': "0x10" }, at: "3m", labels: {} },
    },
    {
      name: "PostgresReplicationLag",
      expr: "max(cnpg_pg_replication_lag) > 300",
      for: "5m",
      severity: "warning",
      summary: "A PostgreSQL replica is more than five minutes behind: a failover would lose that much.",
      test: { series: { 'cnpg_pg_replication_lag{pod="postgres-2"}': "600x20" }, at: "10m", labels: {} },
    },
    {
      name: "PostgresBackupTooOld",
      expr: "time() - max(cnpg_collector_last_available_backup_timestamp) > 129600",
      for: "30m",
      severity: "warning",
      summary: "The newest PostgreSQL backup is older than 36 hours.",
      test: { series: { cnpg_collector_last_available_backup_timestamp: "-200000x60" }, at: "45m", labels: {} },
    },
  ],
  panels: [
    {
      title: "Connections",
      expr: 'sum by (pod) (cnpg_backends_total{pod=~"postgres-.*"})',
      legend: "{{pod}}",
      unit: "short",
    },
    { title: "Replication lag", expr: "max by (pod) (cnpg_pg_replication_lag)", legend: "{{pod}}", unit: "s" },
    {
      title: "Database size",
      expr: "max by (datname) (cnpg_pg_database_size_bytes)",
      legend: "{{datname}}",
      unit: "bytes",
    },
  ],
};
