import type { Monitoring } from "../../core/monitoring";
import { METRICS_PORT } from "./config";

/** Metric names are those of postgres_exporter's collectors; Patroni answers to its own port alone. */
export const zalandoMonitoring: Monitoring = {
  scrapes: [{ role: "server", portName: "metrics", port: METRICS_PORT }],
  alerts: [
    {
      name: "SpiloDown",
      expr: 'absent(pg_up{job="postgres"} == 1)',
      for: "1m",
      severity: "critical",
      summary: "No PostgreSQL instance answers: the metastore and every service with a database stand still.",
      test: { series: { 'pg_up{job="postgres"}': "0x10" }, at: "3m", labels: {} },
    },
    {
      name: "SpiloReplicationLag",
      expr: 'max(pg_replication_lag_seconds{job="postgres"}) > 300',
      for: "5m",
      severity: "warning",
      summary: "A PostgreSQL replica is more than five minutes behind: a failover would lose that much.",
      test: {
        series: { 'pg_replication_lag_seconds{job="postgres",pod="postgres-1"}': "600x20" },
        at: "10m",
        labels: {},
      },
    },
    {
      name: "SpiloArchiveStopped",
      expr: 'max(pg_stat_archiver_last_archive_age{job="postgres"}) > 3600',
      for: "30m",
      severity: "warning",
      summary:
        "PostgreSQL has archived nothing for an hour: a restore would lose that much, and the log fills the volume.",
      test: {
        series: { 'pg_stat_archiver_last_archive_age{job="postgres",pod="postgres-0"}': "7200x60" },
        at: "45m",
        labels: {},
      },
    },
  ],
  panels: [
    {
      title: "Connections",
      expr: 'sum by (pod) (pg_stat_database_numbackends{job="postgres"})',
      legend: "{{pod}}",
      unit: "short",
    },
    {
      title: "Replication lag",
      expr: 'max by (pod) (pg_replication_lag_seconds{job="postgres"})',
      legend: "{{pod}}",
      unit: "s",
    },
    {
      title: "Database size",
      expr: 'max by (datname) (pg_database_size_bytes{job="postgres"})',
      legend: "{{datname}}",
      unit: "bytes",
    },
  ],
};
