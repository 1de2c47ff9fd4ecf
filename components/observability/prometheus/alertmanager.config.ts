import { stringify } from "yaml";

import type { PodGroup } from "../../core/pod-group";
import { pins } from "./pins";
import { operatedSpec } from "./prometheus.config";
import type { Receiver, SecretKey } from "./settings";

export const PORT = 9093;
/** Alertmanagers tell each other of silences and of what they sent. */
export const MESH_PORT = 9094;
export const HEALTH = "/-/healthy";
export const METRICS = { portName: "web", port: PORT } as const;
export const CONFIG = { role: "config", key: "alertmanager.yaml" } as const;

/** Where Alertmanager finds a key of a Secret of its namespace: the operator mounts those that the resource lists. */
const fileOf = ({ name, key }: SecretKey) => `/etc/alertmanager/secrets/${name}/${key}`;

/** Alerts without a receiver end here: they are seen in Grafana and in Alertmanager alone. */
const NOWHERE = "nowhere";

/** The configuration. It names files of Secrets, and holds no secret itself. */
export function alertmanagerConfig(receivers: readonly Receiver[]): string {
  return stringify({
    route: {
      receiver: NOWHERE,
      group_by: ["alertname", "namespace"],
      group_wait: "30s",
      group_interval: "5m",
      repeat_interval: "4h",
      // Each receiver gets what it asks for, whatever others get.
      routes: receivers.map(({ name, severities }) => ({
        receiver: name,
        matchers: [`severity=~"${severities.join("|")}"`],
        continue: true,
      })),
    },
    inhibit_rules: [
      {
        source_matchers: ['severity="critical"'],
        target_matchers: ['severity="warning"'],
        equal: ["alertname", "namespace"],
      },
    ],
    receivers: [{ name: NOWHERE }, ...receivers.map((receiver) => ({ name: receiver.name, ...sender(receiver) }))],
  });
}

function sender(receiver: Receiver): object {
  const sent = { send_resolved: true };
  switch (receiver.kind) {
    case "webhook": {
      const { url, secret } = receiver;
      const token = secret && { http_config: { authorization: { credentials_file: fileOf(secret) } } };
      return { webhook_configs: [{ ...sent, url, ...token }] };
    }
    case "slack":
      return {
        slack_configs: [{ ...sent, api_url_file: fileOf(receiver.secret), channel: receiver.channel, ...SLACK }],
      };
    case "email": {
      const { to, from, host, port, user, secret } = receiver;
      const login = user !== undefined && secret && { auth_username: user, auth_password_file: fileOf(secret) };
      return { email_configs: [{ ...sent, to, from, smarthost: `${host}:${String(port)}`, ...login }] };
    }
    case "pagerduty":
      return { pagerduty_configs: [{ ...sent, routing_key_file: fileOf(receiver.secret) }] };
  }
}

/** The summary and the steps of the runbook, which every alert has. */
const SLACK = {
  title: "{{ .Status | toUpper }} {{ .CommonLabels.alertname }}",
  text: "{{ range .Alerts }}{{ .Annotations.summary }}\n{{ .Annotations.runbook_url }}\n{{ end }}",
};

/** Specification of the resource `Alertmanager`. */
export function alertmanagerSpec(
  group: PodGroup,
  receivers: readonly Receiver[],
  config: string,
): Record<string, unknown> {
  const secrets = [...new Set(receivers.flatMap(({ secret }) => secret?.name ?? []))].sort();
  return {
    ...operatedSpec(group, pins.alertmanager.image, pins.alertmanager.version, "alertmanager"),
    configSecret: config,
    ...(secrets.length === 0 ? {} : { secrets }),
    automountServiceAccountToken: false,
  };
}
