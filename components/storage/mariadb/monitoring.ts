import { serviceHost } from "../../core/endpoint";
import type { Monitoring, Scrape } from "../../core/monitoring";
import type { Platform } from "../../core/platform";
import { METRICS, NAME, PORT, PROBE } from "./pods";
import type { MariadbSettings } from "./settings";

const OURS = `job="${NAME}"`;
const series = (metric: string, instance = "mariadb-1") => `${metric}{${OURS}, instance="${instance}"}`;

/** A scrape for each server by its own name: through a Service in front of all it would read any of them. */
function scrapes(platform: Pick<Platform, "namespace">, { server }: Pick<MariadbSettings, "server">): Scrape[] {
  const host = serviceHost(`${NAME}-internal`, platform.namespace("storage"));
  return Array.from({ length: server.replicas }, (_, index) => ({
    role: "exporter",
    ...METRICS,
    path: PROBE,
    target: `${NAME}-${String(index)}.${host}:${String(PORT)}`,
  }));
}

/** Metric names are those of mysqld_exporter. */
export const monitoring = (
  platform: Pick<Platform, "namespace">,
  settings: Pick<MariadbSettings, "server">,
): Monitoring => ({
  scrapes: scrapes(platform, settings),
  alerts: [
    {
      name: "MariadbDown",
      expr: `absent(mysql_up{${OURS}} == 1)`,
      for: "1m",
      severity: "critical",
      summary: "No MariaDB server answers: whoever has a database there stands still.",
      test: { series: { [series("mysql_up")]: "0x10" }, at: "3m", labels: {} },
    },
    {
      name: "MariadbServerMissing",
      expr: `mysql_up{${OURS}} == 0`,
      for: "10m",
      severity: "warning",
      summary: "A MariaDB server does not answer: with one more lost there is nobody to take its place.",
      test: { series: { [series("mysql_up")]: "0x20" }, at: "15m", labels: { job: NAME, instance: "mariadb-1" } },
    },
    {
      name: "MariadbReplicationStopped",
      expr: `min by (instance) (mysql_slave_status_slave_io_running{${OURS}} * on (instance) mysql_slave_status_slave_sql_running{${OURS}}) == 0`,
      for: "5m",
      severity: "critical",
      summary:
        "A MariaDB replica does not follow the primary any more: it can take no place, and writes may be on one server only.",
      test: {
        series: {
          [series("mysql_slave_status_slave_io_running")]: "0x20",
          [series("mysql_slave_status_slave_sql_running")]: "1x20",
        },
        at: "10m",
        labels: { instance: "mariadb-1" },
      },
    },
    {
      name: "MariadbReplicationLag",
      expr: `max by (instance) (mysql_slave_status_seconds_behind_master{${OURS}}) > 300`,
      for: "5m",
      severity: "warning",
      summary: "A MariaDB replica is more than five minutes behind: a failover waits for it.",
      test: {
        series: { [series("mysql_slave_status_seconds_behind_master")]: "600x20" },
        at: "10m",
        labels: { instance: "mariadb-1" },
      },
    },
    {
      name: "MariadbConnectionsExhausted",
      expr: `max by (instance) (mysql_global_status_threads_connected{${OURS}} / on (instance) mysql_global_variables_max_connections{${OURS}}) > 0.85`,
      for: "10m",
      severity: "warning",
      summary: "More than 85 % of a MariaDB server's connections are in use: the next clients are refused.",
      test: {
        series: {
          [series("mysql_global_status_threads_connected")]: "120x30",
          [series("mysql_global_variables_max_connections")]: "128x30",
        },
        at: "15m",
        labels: { instance: "mariadb-1" },
      },
    },
    {
      name: "MariadbBackupTooOld",
      expr: `time() - max(kube_job_status_completion_time{job_name=~"${NAME}-backup-.*"}) > 129600`,
      for: "30m",
      severity: "warning",
      summary: "The newest copy of MariaDB is older than 36 hours.",
      test: {
        series: { [`kube_job_status_completion_time{job_name="${NAME}-backup-1"}`]: "-200000x60" },
        at: "45m",
        labels: {},
      },
    },
  ],
  panels: [
    {
      title: "Connections",
      expr: `max by (instance) (mysql_global_status_threads_connected{${OURS}})`,
      legend: "{{instance}}",
      unit: "short",
    },
    {
      title: "Replication lag",
      expr: `max by (instance) (mysql_slave_status_seconds_behind_master{${OURS}})`,
      legend: "{{instance}}",
      unit: "s",
    },
    {
      title: "Buffer pool reads from disk",
      expr: `sum by (instance) (rate(mysql_global_status_innodb_buffer_pool_reads{${OURS}}[5m]))`,
      legend: "{{instance}}",
      unit: "reqps",
    },
  ],
});
