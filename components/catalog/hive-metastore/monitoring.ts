import { afterBeginning, burnAlerts, burnPanel, type Objective, timeWithout } from "../../core/burn-rate";
import type { Monitoring } from "../../core/monitoring";
import { METRICS_PORT } from "./config";

const SERVERS = 'pod=~"hive-metastore-server-.*"';
const BACKUP = 'cronjob="metastore-tasks-backup"';
const backup = { namespace: "lakehouse-catalog", cronjob: "metastore-tasks-backup" };
const backupSeries = (metric: string) =>
  `kube_cronjob_status_last_${metric}_time{namespace="${backup.namespace}",cronjob="${backup.cronjob}"}`;

/** One server is enough. Where Prometheus knows none it counts as down for an hour; longer is HiveMetastoreDown's. */
const answers = {
  name: "lakehouse:hive_metastore:answers",
  expr: afterBeginning(`max(up{${SERVERS}}) or 0 * max(last_over_time(up{${SERVERS}}[1h]))`, `up{${SERVERS}}`, "1h"),
};

const ANSWERS: Objective = {
  name: "HiveMetastore",
  target: 0.999,
  promise: "a metastore answers 99.9 % of the time",
  failures: timeWithout(answers),
  tests: {
    // Down for the last five minutes.
    fast: { series: { 'up{pod="hive-metastore-server-a"}': "1x130 0x10" }, at: "136m", labels: {} },
    // Ten minutes of a day, an hour ago.
    slow: { series: { 'up{pod="hive-metastore-server-a"}': "1x600 0x9 1x80" }, at: "680m", labels: {} },
  },
};

/** Names are those of the JMX exporter 1.x and its rules here, and of kube-state-metrics. */
export const monitoring: Monitoring = {
  scrapes: [{ role: "server", portName: "metrics", port: METRICS_PORT }],
  alerts: [
    {
      name: "HiveMetastoreDown",
      expr: `absent(up{${SERVERS}} == 1)`,
      for: "2m",
      severity: "critical",
      summary: "No metastore answers: no engine finds a table.",
      test: { series: { 'up{pod="hive-metastore-server-a"}': "0x10" }, at: "5m", labels: {} },
    },
    {
      name: "HiveMetastoreReplicaMissing",
      expr: `count(up{${SERVERS}} == 1) < count(up{${SERVERS}})`,
      for: "10m",
      severity: "warning",
      summary: "A metastore does not answer: the next failure leaves no engine with a catalog.",
      test: {
        series: { 'up{pod="hive-metastore-server-a"}': "1x20", 'up{pod="hive-metastore-server-b"}': "0x20" },
        at: "15m",
        labels: {},
      },
    },
    {
      name: "HiveMetastoreRestarts",
      expr: `sum by (pod) (increase(kube_pod_container_status_restarts_total{${SERVERS}, container="hive-metastore"}[1h])) > 2`,
      for: "5m",
      severity: "warning",
      summary:
        "A metastore restarts again and again: most often its memory is too small, or its database does not answer.",
      test: {
        series: {
          'kube_pod_container_status_restarts_total{pod="hive-metastore-server-a",container="hive-metastore"}':
            "0+1x30",
        },
        at: "20m",
        labels: { pod: "hive-metastore-server-a" },
      },
    },
    {
      name: "HiveMetastoreGarbageCollection",
      // G1's concurrent phases are left out: they do not stop the server.
      expr: `sum by (pod) (rate(jvm_gc_collection_seconds_sum{${SERVERS}, gc!~".*Concurrent.*"}[5m])) > 0.2`,
      for: "10m",
      severity: "warning",
      summary: "A metastore stands still for garbage collection a fifth of the time: give it more memory.",
      test: {
        // Twenty seconds of every minute.
        series: {
          'jvm_gc_collection_seconds_sum{pod="hive-metastore-server-a",gc="G1 Young Generation"}': "0+20x30",
          'jvm_gc_collection_seconds_sum{pod="hive-metastore-server-b",gc="G1 Concurrent GC"}': "0+20x30",
        },
        at: "20m",
        labels: { pod: "hive-metastore-server-a" },
      },
    },
    {
      name: "HiveMetastoreBackupMissing",
      // Whatever the schedule is: the last run that was due has not succeeded, be it late, failed or never done before.
      expr: `kube_cronjob_status_last_schedule_time{${BACKUP}} unless on (namespace, cronjob) (kube_cronjob_status_last_successful_time{${BACKUP}} >= on (namespace, cronjob) kube_cronjob_status_last_schedule_time{${BACKUP}})`,
      for: "2h",
      severity: "warning",
      summary: "The last metadata backup that was due has not succeeded: a restore would lose the tables made since.",
      test: {
        // Due at 600 s; the last success stays before that.
        series: { [backupSeries("schedule")]: "600x200", [backupSeries("successful")]: "300x200" },
        at: "150m",
        labels: backup,
      },
    },
    ...burnAlerts(ANSWERS),
  ],
  records: [answers],
  panels: [
    burnPanel(ANSWERS),
    {
      title: "Calls",
      expr: `sum by (call) (rate(hive_metastore_calls_total{${SERVERS}}[5m]))`,
      legend: "{{call}}",
      unit: "reqps",
    },
    {
      title: "Slowest calls, 99th percentile",
      expr: `topk(10, max by (call) (hive_metastore_call_p99_seconds{${SERVERS}}))`,
      legend: "{{call}}",
      unit: "s",
    },
    {
      title: "Waiting for the database",
      expr: `sum by (pool) (hive_metastore_pool_pending{${SERVERS}})`,
      legend: "{{pool}}",
      unit: "short",
    },
    {
      title: "Heap in use",
      expr: `sum by (pod) (jvm_memory_used_bytes{${SERVERS}, area="heap"}) / sum by (pod) (jvm_memory_max_bytes{${SERVERS}, area="heap"})`,
      legend: "{{pod}}",
      unit: "percentunit",
    },
    { title: "Objects", expr: `max by (kind) (hive_metastore_objects{${SERVERS}})`, legend: "{{kind}}", unit: "short" },
  ],
};
