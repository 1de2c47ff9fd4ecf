import assert from "node:assert/strict";

import { stringify } from "yaml";

import { runbooks } from "../../../../components/observability/runbooks";
import { promtoolTests } from "../../../../components/observability/rules";
import { monitoring } from "../../../../components/orchestration/airflow/monitoring";
import { promtool, promtoolFound } from "../../observability/promtool";

const FAILED = 'airflow_dagrun_failed_count{dag_id="daily_etl", pod="statsd-a"}';
const SUCCEEDED = 'airflow_dagrun_duration_count{dag_id="daily_etl", pod="statsd-a"}';
const RESTARTED = 'airflow_dagrun_duration_count{dag_id="daily_etl", pod="statsd-b"}';
const HOUR = 60;
/** Values of a counter, each with its number of minutes. */
const values = (...steps: [value: number | "_", minutes: number][]) =>
  steps.map(([value, duration]) => `${String(value)}x${String(duration - 1)}`).join(" ");

const cases: { it: string; alert: string; series: Record<string, string>; at: string; fires: boolean }[] = [
  {
    it: "tells of a failure after earlier ones",
    alert: "AirflowDagFailed",
    series: { [FAILED]: values([3, 120], [4, 60]) },
    at: "130m",
    fires: true,
  },
  {
    it: "forgets a failure after an hour",
    alert: "AirflowDagFailed",
    series: { [FAILED]: values([3, 120], [4, 120]) },
    at: "190m",
    fires: false,
  },
  {
    it: "says nothing of failures when there never was one",
    alert: "AirflowDagFailed",
    series: {},
    at: "190m",
    fires: false,
  },
  {
    it: "is content with a success a day",
    alert: "AirflowDagStale",
    series: { [SUCCEEDED]: values([1, 24 * HOUR], [2, 24 * HOUR], [3, 24 * HOUR]) },
    at: "71h",
    fires: false,
  },
  {
    it: "takes the first success after the exporter's restart for one",
    alert: "AirflowDagStale",
    series: { [SUCCEEDED]: values([7, 24 * HOUR]), [RESTARTED]: values(["_", 25 * HOUR], [1, 24 * HOUR]) },
    at: "48h",
    fires: false,
  },
  { it: "wakes somebody when the metrics never come", alert: "AirflowDagStale", series: {}, at: "26h", fires: true },
];

describe("alerts of Airflow", () => {
  for (const { it: what, alert, series, at, fires } of cases) {
    it(what, function () {
      if (!promtoolFound()) {
        console.warn("    SKIPPED: promtool is not on the PATH (Debian: apt-get install prometheus)");
        this.skip();
      }
      const files = promtoolTests([{ service: "airflow", monitoring }], runbooks());
      const { severity, summary } = monitoring.alerts.find(({ name }) => name === alert) ?? {};
      const expected = {
        exp_labels: { severity, ...(alert === "AirflowDagFailed" ? { dag_id: "daily_etl" } : {}) },
        exp_annotations: { summary, runbook: runbooks().steps(alert) },
      };
      const test = {
        interval: "1m",
        input_series: Object.entries(series).map(([name, samples]) => ({ series: name, values: samples })),
        alert_rule_test: [{ eval_time: at, alertname: alert, exp_alerts: fires ? [expected] : [] }],
      };
      const tests = stringify({ rule_files: ["rules.yaml"], evaluation_interval: "1m", tests: [test] });
      const { ok, output } = promtool({ ...files, "tests.yaml": tests });
      assert.equal(ok, true, output);
    });
  }
});
