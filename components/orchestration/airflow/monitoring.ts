import { afterBeginning, burnAlerts, burnPanel, type Objective, timeWithout } from "../../core/burn-rate";
import type { Alert, Monitoring } from "../../core/monitoring";

const DAG = 'dag_id="daily_etl"';
const FAILURES = "airflow_dagrun_failed_count";
const FAILED = `${FAILURES}{${DAG}}`;
const SUCCEEDED = `airflow_dagrun_duration_count{${DAG}}`;

/** Increase of a counter within a window, or its first appearance, for which `increase` is 0. */
const counted = (counter: string, window: string) =>
  `increase(${counter}[${window}]) > 0 or (last_over_time(${counter}[${window}]) unless ${counter} offset ${window})`;

/** Once a day, with two hours for retries. Before the first day is over nothing is promised. */
const fresh = {
  name: "lakehouse:daily_etl:fresh",
  expr: afterBeginning(`sum(increase(${SUCCEEDED}[26h])) > bool 0`, SUCCEEDED, "26h"),
};

const FRESH: Objective = {
  name: "PipelineFreshness",
  target: 0.99,
  promise: "tables of daily_etl are less than 26 hours old 99 % of the time",
  failures: timeWithout(fresh),
  tests: {
    // A success at the tenth minute, and none after it.
    fast: { series: { [SUCCEEDED]: "1x10 2x1700" }, at: "1640m", labels: {} },
    slow: { series: { [SUCCEEDED]: "1x10 2x1700" }, at: "1660m", labels: {} },
  },
};

/** A run has failed: of one DAG, or of any. */
export const dagFailed = (dag?: "daily_etl"): Alert => ({
  name: "AirflowDagFailed",
  expr: `sum by (dag_id) (${counted(dag === undefined ? FAILURES : FAILED, "1h")}) > 0`,
  for: "0m",
  severity: "critical",
  summary: `A run of ${dag ?? "a DAG"} failed after all its retries: tables are not up to date.`,
  test: { series: { [FAILED]: "_x90 1x30" }, at: "100m", labels: { dag_id: "daily_etl" } },
});

/**
 * Airflow's own Prometheus scrapes its StatsD exporter, so there is nothing to scrape here. Names are those of the official
 * chart's default mappings (`chart/files/statsd-mappings.yml`): `dagrun.duration.success.*` → `airflow_dagrun_duration`,
 * `dagrun.duration.failed.*` → `airflow_dagrun_failed`. Airflow 3.2 and later send these only while
 * `[metrics] legacy_names_on` is true, its default. Other mappings, or OpenTelemetry, name them differently: the
 * stale alert then fires after a day.
 */
export const monitoring: Monitoring = {
  scrapes: [],
  alerts: [
    dagFailed("daily_etl"),
    {
      name: "AirflowDagStale",
      // The last hour without a success, for 25 more hours: Prometheus keeps the time across its own restarts.
      expr: `absent(${counted(SUCCEEDED, "1h")})`,
      for: "25h",
      severity: "warning",
      summary: "daily_etl has not succeeded for 26 hours: tables are a day behind, or Airflow sends no metrics.",
      test: { series: { [SUCCEEDED]: "5x1640" }, at: "27h", labels: {} },
    },
    ...burnAlerts(FRESH),
  ],
  records: [fresh],
  panels: [
    burnPanel(FRESH),
    {
      title: "Duration of daily_etl",
      expr: `max by (dag_id) (airflow_dagrun_duration{${DAG}, quantile="0.99"})`,
      legend: "{{dag_id}}",
      unit: "s",
    },
    {
      title: "Successful runs",
      expr: `sum by (dag_id) (increase(${SUCCEEDED}[1d]))`,
      legend: "{{dag_id}}",
      unit: "short",
    },
    { title: "Failed runs", expr: `sum by (dag_id) (increase(${FAILED}[1d]))`, legend: "{{dag_id}}", unit: "short" },
  ],
};
