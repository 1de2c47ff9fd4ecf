import assert from "node:assert/strict";

import { parse } from "yaml";

import type { Alert } from "../../../components/core/monitoring";
import { alertRules, promtoolTests } from "../../../components/observability/rules";
import { type Runbooks, runbooks } from "../../../components/observability/runbooks";
import { promtool, promtoolFound } from "./promtool";
import { watched } from "./watched";

const URL = "https://example.org/runbooks.md";
const RUNBOOKS: Runbooks = { steps: (name) => `Look at ${name}.`, url: URL };
const SKIPPED =
  "    SKIPPED: promtool is not on the PATH (Debian: apt-get install prometheus), so no expression was evaluated";

const alert = (over: Partial<Alert> = {}): Alert => ({
  name: "ServerDown",
  expr: "absent(up == 1)",
  for: "2m",
  severity: "critical",
  summary: "No server answers.",
  test: { series: { up: "0x10" }, at: "5m", labels: {} },
  ...over,
});

const service = (alerts: readonly Alert[]) => ({ service: "server", monitoring: { scrapes: [], alerts, panels: [] } });

describe("rules of a service", () => {
  it("have no link if the stack names no page", () => {
    const [group] = alertRules(service([alert()]), { steps: RUNBOOKS.steps }).groups;
    assert.deepEqual(Object.keys(group?.rules[0]?.annotations ?? {}), ["summary", "runbook"]);
  });

  it("have severity, summary, description and the page's URL", () => {
    assert.deepEqual(alertRules(service([alert()]), RUNBOOKS), {
      groups: [
        {
          name: "lakehouse-server",
          rules: [
            {
              alert: "ServerDown",
              expr: "absent(up == 1)",
              for: "2m",
              labels: { severity: "critical" },
              annotations: {
                summary: "No server answers.",
                runbook: "Look at ServerDown.",
                runbook_url: `${URL}#serverdown`,
              },
            },
          ],
        },
      ],
    });
  });

  it("are left out for a service without alerts, because an empty group is invalid", () => {
    assert.deepEqual(alertRules(service([]), RUNBOOKS), { groups: [] });
    assert.deepEqual(alertRules({ service: "server", monitoring: undefined }, RUNBOOKS), { groups: [] });
  });
});

describe("promtool's tests", () => {
  it("expect each alert with its labels and annotations at its time", () => {
    const test = { series: { 'up{pod="a"}': "0x10" }, at: "5m", labels: { pod: "a" } };
    const files = promtoolTests([service([alert({ test })])], RUNBOOKS);
    assert.deepEqual(parse(files["tests.yaml"]), {
      rule_files: ["rules.yaml"],
      evaluation_interval: "1m",
      tests: [
        {
          name: "ServerDown",
          interval: "1m",
          input_series: [{ series: 'up{pod="a"}', values: "0x10" }],
          alert_rule_test: [
            {
              eval_time: "5m",
              alertname: "ServerDown",
              exp_alerts: [
                {
                  exp_labels: { pod: "a", severity: "critical" },
                  exp_annotations: {
                    summary: "No server answers.",
                    runbook: "Look at ServerDown.",
                    runbook_url: `${URL}#serverdown`,
                  },
                },
              ],
            },
          ],
        },
      ],
    });
    assert.deepEqual(parse(files["rules.yaml"]), alertRules(service([alert({ test })]), RUNBOOKS));
  });

  it("fail for an alert that does not fire, for a wrong expression and for a wrong label", function () {
    if (!promtoolFound()) {
      console.warn(SKIPPED);
      this.skip();
    }
    const run = (over: Partial<Alert>) => promtool(promtoolTests([service([alert(over)])], RUNBOOKS));
    assert.equal(run({}).ok, true, run({}).output);
    assert.equal(run({ test: { series: { up: "1x10" }, at: "5m", labels: {} } }).ok, false);
    assert.equal(run({ expr: "absent(up ==" }).ok, false);
    assert.equal(run({ test: { series: { up: "0x10" }, at: "5m", labels: { pod: "a" } } }).ok, false);
  });
});

describe("alerts of every service", () => {
  const alerts = watched.flatMap(({ monitoring }) => monitoring.alerts);

  it("have unique names in CamelCase, and one sentence each", () => {
    // A service that is existing in one stack and deployed in another may have an alert in both.
    const names = new Set(
      watched.flatMap(({ service, monitoring: { alerts: all } }) => all.map(({ name }) => `${service} ${name}`)),
    );
    const unique = new Set(alerts.map(({ name }) => name));
    assert.equal(names.size, unique.size);
    for (const { name, summary } of alerts) {
      assert.match(name, /^([A-Z][a-z0-9]+)+$/);
      assert.match(summary, /^[A-Za-z].*\.$/, name);
      assert.doesNotMatch(summary, /\{\{/, `${name}: a template would not be expanded in the expected annotation`);
    }
  });

  it("have a test that evaluates after the alert's delay", () => {
    for (const { name, for: delay, test } of alerts) {
      assert.ok(Object.keys(test.series).length > 0, name);
      assert.ok(minutes(test.at) >= minutes(delay), `${name} is looked at after ${test.at}, and waits ${delay}`);
      for (const values of Object.values(test.series)) {
        assert.match(values, /^(_|-?[\d.]+(e\d+)?)([-+][\d.]+)?(x\d+)?( (_|-?[\d.]+)([-+][\d.]+)?(x\d+)?)*$/, name);
      }
    }
  });

  for (const { service: name, monitoring } of watched) {
    it(`fire as tested: ${name}`, function () {
      if (!promtoolFound()) {
        console.warn(SKIPPED);
        this.skip();
      }
      const { ok, output } = promtool(promtoolTests([{ service: name, monitoring }], runbooks()));
      assert.equal(ok, true, output);
    });
  }
});

/** Minutes of `5m`, `26h`. */
function minutes(duration: string): number {
  const match = /^(\d+)([smhd])$/.exec(duration);
  assert.ok(match, `${duration} is a number and s, m, h or d`);
  return Number(match[1]) * { s: 1 / 60, m: 1, h: 60, d: 1440 }[match[2] as "s" | "m" | "h" | "d"];
}
