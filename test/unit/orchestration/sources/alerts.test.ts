import { equal } from "node:assert/strict";

import { stringify } from "yaml";

import { alertRules } from "../../../../components/observability/rules";
import { sourceMonitoring } from "../../../../components/orchestration/sources/monitoring";
import { promtool, promtoolFound } from "../../observability/promtool";

const SERVICE = "sources-prices";
const NAMESPACE = "lakehouse-sources";
const HOURS = 2;
const SUCCEEDED = `kube_cronjob_status_last_successful_time{namespace="${NAMESPACE}",cronjob="${SERVICE}"}`;
const CREATED = `kube_cronjob_created{namespace="${NAMESPACE}",cronjob="${SERVICE}"}`;

type Series = Readonly<Record<string, string>>;

/** Series of one failed Job, and of the last success, in seconds. Samples are of every minute. */
function failed(job: string, reason: string, created = 600, success = 60): Series {
  const of = `namespace="${NAMESPACE}",job_name="${job}"`;
  return {
    [`kube_job_failed{${of},condition="true"}`]: "1x1600",
    [`kube_job_status_failed{${of},reason="${reason}"}`]: "1x1600",
    [`kube_job_created{${of}}`]: `${String(created)}x1600`,
    [SUCCEEDED]: `${String(success)}x1600`,
  };
}

const JOB = `${SERVICE}-29000000`;

/** What fires of which series, and when. */
const cases: Readonly<Record<string, readonly [series: Series, at: string, fires: readonly string[]]>> = {
  "a run that fails": [failed(JOB, "BackoffLimitExceeded"), "30m", ["SourceFailing"]],
  "a run that takes too long": [failed(JOB, "DeadlineExceeded"), "30m", ["SourceFailing"]],
  "a run that has failed before a success": [failed(JOB, "BackoffLimitExceeded", 600, 900), "30m", []],
  "a run with files in quarantine": [failed(JOB, ""), "30m", ["SourceQuarantined"]],
  "a run with files in quarantine, and a success after it": [failed(JOB, "", 600, 900), "30m", ["SourceQuarantined"]],
  "files in quarantine for a day": [{ ...failed(JOB, ""), [SUCCEEDED]: "0+60x1600" }, "1500m", []],
  "a run of another source": [failed(`${SERVICE}-eu-29000000`, "BackoffLimitExceeded"), "30m", []],
  "a run that is still tried again": [
    { [`kube_job_status_failed{namespace="${NAMESPACE}",job_name="${JOB}",reason=""}`]: "1x60" },
    "30m",
    [],
  ],
  "a source that has never succeeded": [{ [CREATED]: "0x1600" }, `${String(60 * HOURS + 10)}m`, ["SourceStale"]],
  "a source that is new": [{ [CREATED]: "0x1600" }, `${String(60 * HOURS - 10)}m`, []],
  "a source that succeeds": [{ [CREATED]: "0x1600", [SUCCEEDED]: "0+60x1600" }, "1500m", []],
};

describe("alerts of a source, by what Kubernetes says of its jobs", () => {
  const rules = alertRules(
    { service: SERVICE, monitoring: sourceMonitoring(SERVICE, NAMESPACE, HOURS) },
    { steps: (name) => name, url: undefined },
  );
  const names = rules.groups.flatMap((group) => group.rules.flatMap((rule) => ("alert" in rule ? [rule] : [])));
  for (const [what, [series, at, fires]] of Object.entries(cases))
    it(`${fires.length === 0 ? "are silent" : `tell by ${fires.join(" and ")}`}: ${what}`, function () {
      if (!promtoolFound()) this.skip();
      const expected = names.map(({ alert, labels, annotations }) => ({
        eval_time: at,
        alertname: alert,
        exp_alerts: fires.includes(alert)
          ? [{ exp_labels: { ...labels, namespace: NAMESPACE, cronjob: SERVICE }, exp_annotations: annotations }]
          : [],
      }));
      const { ok, output } = promtool({
        "rules.yaml": stringify(rules),
        "tests.yaml": stringify({
          rule_files: ["rules.yaml"],
          evaluation_interval: "1m",
          tests: [
            {
              interval: "1m",
              input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
              alert_rule_test: expected,
            },
          ],
        }),
      });
      equal(ok, true, output);
    });
});
