import { afterBeginning, burnAlerts, burnPanel, type Objective, timeWithout } from "../../core/burn-rate";
import type { Monitoring } from "../../core/monitoring";
import { PORTS } from "./config";

const scrape = { portName: "metrics", port: PORTS.metrics };

const RESTARTS = "flink_jobmanager_job_numRestarts";
const COMPLETED = "flink_jobmanager_job_numberOfCompletedCheckpoints";
const FAILED = "flink_jobmanager_job_numberOfFailedCheckpoints";
const BACKPRESSURE = "flink_taskmanager_job_task_backPressuredTimeMsPerSecond";
const COMMITTED = "flink_taskmanager_job_task_operator_IcebergFilesCommitter_table_committedDataFilesRecordCount";
const REJECTED = `${COMMITTED}{table=~".*_rejected"}`;
const PENDING = "flink_taskmanager_job_task_operator_pendingRecords";

/** Tables show what the newest checkpoint has. The longest interval that can be set is an hour. */
const fresh = {
  name: "lakehouse:flink:fresh",
  expr: afterBeginning(`sum(increase(${COMPLETED}[75m])) > bool 0`, COMPLETED, "75m"),
};

const FRESH: Objective = {
  name: "FlinkFreshness",
  target: 0.99,
  promise: "tables of streams are less than 75 minutes old 99 % of the time",
  failures: timeWithout(fresh),
  tests: {
    // The last checkpoint is 160 minutes old, or 135 minutes and half an hour ago.
    fast: { series: { [`${COMPLETED}{job_name="orders"}`]: "0+1x100 100x160" }, at: "250m", labels: {} },
    slow: { series: { [`${COMPLETED}{job_name="orders"}`]: "0+1x300 300x135 301+1x60" }, at: "460m", labels: {} },
  },
};

/** Metric names are those of Flink's own reporter, read from a running 2.0.2 with this job. */
export const flinkMonitoring: Monitoring = {
  scrapes: [
    { ...scrape, role: "jobmanager" },
    { ...scrape, role: "taskmanager" },
  ],
  alerts: [
    {
      name: "FlinkJobNotRunning",
      // A JobManager that stands by has no job, and one that is gone has no metrics.
      expr: "(sum(flink_jobmanager_numRunningJobs) or vector(0)) < 1",
      for: "5m",
      severity: "critical",
      summary: "No Flink job is running: records wait in their topic and are lost when its retention ends.",
      test: { series: { 'flink_jobmanager_numRunningJobs{pod="flink-orders-a"}': "0x20" }, at: "10m", labels: {} },
    },
    {
      name: "FlinkJobRestarting",
      expr: `sum by (job_name) (increase(${RESTARTS}[15m])) > 3`,
      for: "0m",
      severity: "warning",
      summary: "A Flink job fails and is started again, over and over.",
      test: { series: { [`${RESTARTS}{job_name="orders"}`]: "0+1x20" }, at: "15m", labels: { job_name: "orders" } },
    },
    {
      name: "FlinkCheckpointsFailing",
      expr: `sum by (job_name) (increase(${FAILED}[15m])) > 3`,
      for: "0m",
      severity: "warning",
      summary:
        "Checkpoints of a Flink job fail: nothing new shows in its tables, and a restart would repeat more work.",
      test: { series: { [`${FAILED}{job_name="orders"}`]: "0+1x20" }, at: "15m", labels: { job_name: "orders" } },
    },
    {
      name: "FlinkCheckpointOld",
      // The longest interval that can be set is an hour; a job that has just begun may have none yet.
      expr: `sum by (job_name) (increase(${COMPLETED}[75m])) == 0 and count by (job_name) (${COMPLETED} offset 75m) > 0`,
      for: "5m",
      severity: "critical",
      summary: "A Flink job has not completed a checkpoint for more than an hour: its tables stand still.",
      test: { series: { [`${COMPLETED}{job_name="orders"}`]: "7x100" }, at: "85m", labels: { job_name: "orders" } },
    },
    {
      name: "FlinkBackpressure",
      expr: `avg by (job_name, task_name) (${BACKPRESSURE}) > 500`,
      for: "15m",
      severity: "warning",
      summary: "A step of a Flink job waits for the next one more than half of the time: the job falls behind.",
      test: {
        series: { [`${BACKPRESSURE}{job_name="orders", task_name="source"}`]: "800x30" },
        at: "20m",
        labels: { job_name: "orders", task_name: "source" },
      },
    },
    {
      name: "FlinkTaskManagerMissing",
      expr: 'count(up{pod=~"flink-orders-taskmanager-.*"} == 0) > 0',
      for: "10m",
      severity: "warning",
      summary:
        "A Flink TaskManager does not answer: the job has less slots than it was planned for, and may wait for them.",
      test: {
        series: { 'up{pod="flink-orders-taskmanager-a"}': "1x20", 'up{pod="flink-orders-taskmanager-b"}': "0x20" },
        at: "15m",
        labels: {},
      },
    },
    {
      name: "FlinkRecordsRejected",
      expr: `sum by (table) (increase(${REJECTED}[15m])) > 0`,
      for: "0m",
      severity: "warning",
      summary: "Records that a Flink job cannot read have come; they are in its table of rejected records.",
      test: {
        series: { [`${COMMITTED}{table="lakehouse_silver_orders_rejected"}`]: "0x5 3x20" },
        at: "10m",
        labels: { table: "lakehouse_silver_orders_rejected" },
      },
    },
    ...burnAlerts(FRESH),
  ],
  records: [fresh],
  panels: [
    burnPanel(FRESH),
    { title: "Records written", expr: `sum by (table) (rate(${COMMITTED}[5m]))`, legend: "{{table}}", unit: "reqps" },
    {
      title: "Records that wait in topics",
      expr: `sum by (job_name) (${PENDING})`,
      legend: "{{job_name}}",
      unit: "short",
    },
    {
      title: "Time of the newest checkpoint",
      expr: "max by (job_name) (flink_jobmanager_job_lastCheckpointDuration) / 1000",
      legend: "{{job_name}}",
      unit: "s",
    },
    {
      title: "Size of the newest checkpoint",
      expr: "max by (job_name) (flink_jobmanager_job_lastCheckpointSize)",
      legend: "{{job_name}}",
      unit: "bytes",
    },
    {
      title: "Time spent waiting for the next step",
      expr: `avg by (task_name) (${BACKPRESSURE}) / 1000`,
      legend: "{{task_name}}",
      unit: "percentunit",
    },
    {
      title: "Restarts per hour",
      expr: `sum by (job_name) (increase(${RESTARTS}[1h]))`,
      legend: "{{job_name}}",
      unit: "short",
    },
    {
      title: "Memory of pods",
      expr: 'sum by (pod) (container_memory_working_set_bytes{pod=~"flink-orders-.*", container="flink-main-container"})',
      legend: "{{pod}}",
      unit: "bytes",
    },
  ],
};
