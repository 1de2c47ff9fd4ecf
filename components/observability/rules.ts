import { stringify } from "yaml";

import type { Alert } from "../core/monitoring";
import type { Service } from "../core/service";
import type { Runbooks } from "./runbooks";

/** Parts of a service that its monitoring is derived from. */
export type Watched = Pick<Service, "service" | "namespace" | "monitoring" | "peer">;

interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface RecordRule {
  readonly record: string;
  readonly expr: string;
  readonly annotations?: never;
}

/** The `groups` of a Prometheus rule file, which are the spec of a PrometheusRule too. */
export interface RuleGroups {
  readonly groups: readonly { readonly name: string; readonly rules: readonly (AlertRule | RecordRule)[] }[];
}

type Alerting = Pick<Watched, "service" | "monitoring">;

export function alertRules({ service, monitoring }: Alerting, runbooks: Runbooks): RuleGroups {
  // Before the alerts that read them: rules of a group are evaluated in their order.
  const records = (monitoring?.records ?? []).map(({ name, expr }) => ({ record: name, expr }));
  const alerts = (monitoring?.alerts ?? []).map((alert) => ({
    alert: alert.name,
    expr: alert.expr,
    for: alert.for,
    labels: { severity: alert.severity },
    annotations: annotations(alert, runbooks),
  }));
  const rules = [...records, ...alerts];
  return { groups: rules.length === 0 ? [] : [{ name: `lakehouse-${service}`, rules }] };
}

/** The alert contains the steps of its runbook, for readers who cannot open the page. */
function annotations(alert: Alert, runbooks: Runbooks): Record<string, string> {
  const inline = { summary: alert.summary, runbook: runbooks.steps(alert.name) };
  return runbooks.url === undefined
    ? inline
    : { ...inline, runbook_url: `${runbooks.url}#${alert.name.toLowerCase()}` };
}

/** Files for `promtool check rules` and `promtool test rules`, by name. */
export interface PromtoolFiles {
  readonly "rules.yaml": string;
  readonly "tests.yaml": string;
}

/** Every alert's own test, in promtool's format: series have a sample a minute. */
export function promtoolTests(services: readonly Alerting[], runbooks: Runbooks): PromtoolFiles {
  const alerts = services.flatMap(({ monitoring }) => monitoring?.alerts ?? []);
  return {
    "rules.yaml": stringify({ groups: services.flatMap((service) => alertRules(service, runbooks).groups) }),
    "tests.yaml": stringify({
      rule_files: ["rules.yaml"],
      evaluation_interval: "1m",
      tests: alerts.map((alert) => ({
        name: alert.name,
        interval: "1m",
        input_series: Object.entries(alert.test.series).map(([series, values]) => ({ series, values })),
        alert_rule_test: [
          {
            eval_time: alert.test.at,
            alertname: alert.name,
            exp_alerts: [
              {
                exp_labels: { ...alert.test.labels, severity: alert.severity },
                exp_annotations: annotations(alert, runbooks),
              },
            ],
          },
        ],
      })),
    }),
  };
}
