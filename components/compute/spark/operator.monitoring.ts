import type { Alert, Monitoring } from "../../core/monitoring";
import { LOOK } from "./jobs";
import { METRICS } from "./operator.config";
import type { SparkSettings } from "./settings";

/** The label of applications by which the operator counts them (`prometheus.metrics.labels` of its chart, by default). */
export const RUNS_BY = "app_type";
/** Of all but looks at tables, which have alerts of their own. */
const FAILURES = `spark_application_failure_count{${RUNS_BY}!="${LOOK}"}`;
/** Jobs whose driver was never created: the operator does not count them among failed ones. */
const SUBMISSION_FAILURES = "spark_application_failed_submission_count";
/** Increase of a counter. The second part detects a counter that begins with 1, for which `increase` is 0. */
const increased = (counter: string, within = "15m") =>
  `sum(increase(${counter}[${within}])) > 0 or sum(${counter} unless ${counter} offset ${within}) > 0`;
const START = "spark_application_start_latency_seconds_histogram_bucket";

const succeeded = (job: string) => `spark_application_success_count{${RUNS_BY}="${job}"}`;
const failed = (job: string) => `spark_application_failure_count{${RUNS_BY}="${job}"}`;

/** Not once in so long, though an operator was there before. */
const never = (counters: readonly string[], ago: string) => {
  const was = `count(up{pod=~"spark-operator-controller-.*"} offset ${ago}) > 0`;
  return `${was} unless on () (${counters.map((counter) => increased(counter, ago)).join(" or ")})`;
};

/** What looks at small files tell, each of which has ended an hour after it was to begin. @param hours between two looks */
function lookAlerts(hours: number): Alert[] {
  const minutes = 60 * (hours + 1);
  const lately = `${String(minutes)}m`;
  return [
    {
      name: "TableFilesSmall",
      expr: `(${increased(failed(LOOK), lately)}) unless on () (${increased(succeeded(LOOK), lately)})`,
      for: "0m",
      severity: "warning",
      summary:
        "A look at the tables has found more small files than the policies allow, or a table that it cannot read: queries get slower until maintenance runs.",
      test: {
        series: {
          [succeeded(LOOK)]: `1x${String(2 * minutes)}`,
          [failed(LOOK)]: `0x${String(minutes)} 1x${String(minutes)}`,
        },
        at: `${String(minutes + 30)}m`,
        labels: {},
      },
    },
    {
      name: "TableLookStalled",
      expr: never([failed(LOOK), succeeded(LOOK)], lately),
      for: "15m",
      severity: "warning",
      summary: "Nothing has looked at the tables for longer than the settings allow: small files pile up unseen.",
      test: {
        series: { 'up{pod="spark-operator-controller-a"}': `1x${String(minutes + 60)}` },
        at: `${String(minutes + 60)}m`,
        labels: {},
      },
    },
  ];
}

/**
 * Metrics of the operator: results of submitted jobs, and how long they took to start.
 * @param settings hours in which a run of table maintenance succeeds, and between looks at the tables
 */
export const sparkOperatorMonitoring = ({
  within,
  lookHours,
}: Pick<SparkSettings["maintenance"], "within" | "lookHours">): Monitoring => ({
  scrapes: [
    { role: "controller", ...METRICS },
    { role: "webhook", ...METRICS },
  ],
  alerts: [
    {
      name: "SparkOperatorDown",
      expr: 'absent(up{pod=~"spark-operator-controller-.*"} == 1)',
      for: "5m",
      severity: "critical",
      summary: "No Spark operator answers: no submitted job starts.",
      test: { series: { 'up{pod="spark-operator-controller-a"}': "0x15" }, at: "10m", labels: {} },
    },
    {
      name: "SparkWebhookDown",
      expr: 'absent(up{pod=~"spark-operator-webhook-.*"} == 1)',
      for: "5m",
      severity: "critical",
      summary: "No webhook of the Spark operator answers: neither jobs nor their pods can be created.",
      test: { series: { 'up{pod="spark-operator-webhook-a"}': "0x15" }, at: "10m", labels: {} },
    },
    {
      name: "SparkApplicationFailed",
      expr: increased(FAILURES),
      for: "0m",
      severity: "warning",
      summary: "A Spark job failed in the last 15 minutes; its scheduler may try again.",
      test: { series: { [failed("bronze-to-silver")]: "_x5 1x10", [failed(LOOK)]: "_x5 1x10" }, at: "10m", labels: {} },
    },
    {
      name: "SparkSubmissionFailed",
      expr: increased(SUBMISSION_FAILURES),
      for: "0m",
      severity: "warning",
      summary: "A Spark job could not be submitted in the last 15 minutes: it has no driver, so nothing of it ran.",
      test: {
        series: { [`${SUBMISSION_FAILURES}{pod="spark-operator-controller-a"}`]: "_x5 1x10" },
        at: "10m",
        labels: {},
      },
    },
    {
      name: "TableMaintenanceStalled",
      expr: never([succeeded("table-maintenance")], `${String(within)}h`),
      for: "15m",
      severity: "warning",
      summary:
        "No run of table maintenance has succeeded for longer than the settings allow: small files and old snapshots pile up.",
      test: {
        series: { 'up{pod="spark-operator-controller-a"}': `1x${String((within + 1) * 60)}` },
        at: `${String(within + 1)}h`,
        labels: {},
      },
    },
    ...(lookHours === undefined ? [] : lookAlerts(lookHours)),
    {
      name: "SparkStartSlow",
      expr: `histogram_quantile(0.9, sum by (le) (increase(${START}[6h]))) > 60`,
      for: "5m",
      severity: "warning",
      summary: "One in ten Spark jobs takes more than a minute to start.",
      test: {
        series: { [`${START}{le="60"}`]: "0x20", [`${START}{le="90"}`]: "0 5x19", [`${START}{le="+Inf"}`]: "0 5x19" },
        at: "15m",
        labels: {},
      },
    },
  ],
  panels: [
    { title: "Running jobs", expr: "sum(spark_application_running_count)", legend: "jobs", unit: "short" },
    { title: "Running executors", expr: "sum(spark_executor_running_count)", legend: "executors", unit: "short" },
    { title: "Failed jobs per hour", expr: `sum(increase(${FAILURES}[1h]))`, legend: "jobs", unit: "short" },
    {
      title: "Start of jobs, slowest tenth",
      expr: `histogram_quantile(0.9, sum by (le) (increase(${START}[6h])))`,
      legend: "from submission to running",
      unit: "s",
    },
  ],
});
