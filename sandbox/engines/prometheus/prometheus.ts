import { createServer } from "node:http";

import { stringify } from "yaml";

import { answers, Engine } from "../engine";
import type { Ground, Place } from "../ground";
import type { Rendered } from "../rendered";

/** A rule; a record has no name and no `for`. */
interface Alert {
  readonly alert?: string;
  readonly for?: string;
}

interface Rules {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly groups: readonly { readonly name: string; readonly rules: readonly Alert[] }[] };
}

interface Monitor {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly podMetricsEndpoints: readonly {
      readonly path: string;
      readonly interval: string;
      readonly basicAuth?: { readonly username: { readonly name: string; readonly key: string } };
    }[];
  };
}

/** A scrape target: an engine with its PodMonitor, the name of its pod, and its port here. */
export interface Target {
  readonly monitor: string;
  readonly pod: string;
  readonly place: Place;
}

/** An alert in a notification from Alertmanager to its webhook. */
export interface Notified {
  readonly alert: string;
  readonly status: "firing" | "resolved";
  readonly labels: Readonly<Record<string, string>>;
}

export interface Alerting {
  /** All notified alerts, in order. */
  readonly notified: readonly Notified[];
  /** Every rule with its health and state in Prometheus. */
  rules(): Promise<{ name: string; health: string; state: string }[]>;
  /** Pods whose scrapes succeed. */
  up(): Promise<string[]>;
  end(): Promise<void>;
}

/** Interval of scrapes. It is also their timeout, and one second is too short for Trino on a busy machine. */
const SCRAPE = "3s";
/** The `for` of all alerts: longer than two scrapes, so that one failed scrape raises no alert. */
const ALERT_FOR = "7s";

/** Prometheus with a stack's rules and PodMonitors on the engines of this machine, and Alertmanager with a webhook. */
export async function startAlerting(ground: Ground, stack: Rendered, targets: readonly Target[]): Promise<Alerting> {
  const notified: Notified[] = [];
  const cluster = await startCluster(ground, notified);
  const alertmanager = await startAlertmanager(ground, `${cluster.url}/alerts`);
  const prometheus = await startPrometheus(ground, stack, targets, cluster.url);
  const ask = async <T>(path: string) => {
    const answer = await fetch(`http://${ground.at("prometheus")}/api/v1/${path}`);
    return ((await answer.json()) as { data: T }).data;
  };
  return {
    notified,
    async rules() {
      const { groups } = await ask<{ groups: { rules: { name: string; health: string; state: string }[] }[] }>(
        "rules?type=alert",
      );
      return groups.flatMap(({ rules }) => rules);
    },
    async up() {
      const { activeTargets } = await ask<{ activeTargets: { labels: { pod: string }; health: string }[] }>("targets");
      return activeTargets.filter(({ health }) => health === "up").map(({ labels }) => labels.pod);
    },
    async end() {
      await Promise.all([prometheus.stop(), alertmanager.stop()]);
      await cluster.end();
    },
  };
}

/** A server that records the notifications of Alertmanager, and gives Prometheus the current address of each pod. */
async function startCluster(
  ground: Ground,
  notified: Notified[],
): Promise<{ readonly url: string; end(): Promise<void> }> {
  const server = createServer((request, response) => {
    const [, place] = /^\/pods\/(\w+)$/.exec(request.url ?? "") ?? [];
    if (place !== undefined) {
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify([{ targets: [ground.at(place as Place)] }]));
      return;
    }
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      const { alerts } = JSON.parse(body) as { alerts: { status: Notified["status"]; labels: Notified["labels"] }[] };
      notified.push(...alerts.map(({ status, labels }) => ({ alert: labels.alertname ?? "", status, labels })));
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    async end() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function startAlertmanager(ground: Ground, webhook: string): Promise<Engine> {
  const config = ground.write("alertmanager", {
    "alertmanager.yml": stringify({
      route: { receiver: "webhook", group_by: ["alertname"], group_wait: "0s", group_interval: "1s" },
      receivers: [{ name: "webhook", webhook_configs: [{ url: webhook }] }],
    }),
  });
  return Engine.start(ground.run, {
    name: "alertmanager",
    command: [
      `${ground.tools.alertmanager}/alertmanager`,
      `--config.file=${config}/alertmanager.yml`,
      `--storage.path=${ground.folder("alertmanager", "data")}`,
      `--web.listen-address=${ground.at("alertmanager")}`,
      // No cluster: there is only one Alertmanager.
      "--cluster.listen-address=",
    ],
    ready: () => answers(`http://${ground.at("alertmanager")}/-/ready`),
  });
}

function startPrometheus(
  ground: Ground,
  stack: Rendered,
  targets: readonly Target[],
  cluster: string,
): Promise<Engine> {
  const rules = stack.objects<Rules>("PrometheusRule");
  const files = Object.fromEntries(
    rules.map((each) => [`${each.metadata.name}.yml`, stringify(shortened(ground, each))]),
  );
  const config = ground.write("prometheus", {
    ...files,
    "prometheus.yml": stringify({
      global: { scrape_interval: SCRAPE, evaluation_interval: "1s" },
      rule_files: Object.keys(files),
      alerting: { alertmanagers: [{ static_configs: [{ targets: [ground.at("alertmanager")] }] }] },
      scrape_configs: targets.flatMap((target) => scrapes(ground, stack, target, cluster)),
    }),
  });
  return Engine.start(ground.run, {
    name: "prometheus",
    command: [
      `${ground.tools.prometheus}/prometheus`,
      `--config.file=${config}/prometheus.yml`,
      `--storage.tsdb.path=${ground.folder("prometheus", "data")}`,
      `--web.listen-address=${ground.at("prometheus")}`,
    ],
    ready: () => answers(`http://${ground.at("prometheus")}/-/ready`),
  });
}

/** The rendered rules with a shorter `for`. */
function shortened(ground: Ground, { metadata, spec }: Rules): Rules["spec"] {
  const groups = spec.groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => {
      // A record has none.
      if (rule.for === undefined || rule.for === "0m") return rule;
      return {
        ...rule,
        for: ground.changes.value(`prometheus/${metadata.name}`, `${rule.alert ?? ""} for`, rule.for, ALERT_FOR),
      };
    }),
  }));
  return { groups };
}

/** Scrape configurations of one pod, as the operator derives them from a PodMonitor. */
function scrapes(ground: Ground, stack: Rendered, { monitor, pod, place }: Target, cluster: string): object[] {
  const { metadata, spec } = stack.object("PodMonitor", monitor) as unknown as Monitor;
  return spec.podMetricsEndpoints.map(({ path, interval, basicAuth }, at) => ({
    job_name: `${metadata.namespace}/${monitor}/${at}/${pod}`,
    metrics_path: path,
    scrape_interval: ground.changes.value(`prometheus/${monitor}`, "scrape interval", interval, SCRAPE),
    ...(basicAuth === undefined
      ? {}
      : { basic_auth: { username: ground.rendered.secret(basicAuth.username.name, basicAuth.username.key) } }),
    http_sd_configs: [{ url: `${cluster}/pods/${place}`, refresh_interval: "1s" }],
    // A replaced pod keeps its name here, so that the tests find its alerts.
    relabel_configs: Object.entries({ namespace: metadata.namespace, pod }).map(([label, value]) => ({
      target_label: label,
      replacement: value,
    })),
  }));
}
