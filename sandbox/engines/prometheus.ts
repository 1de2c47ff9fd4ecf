import { createServer } from "node:http";

import { stringify } from "yaml";

import { answers, Engine } from "./engine";
import type { Ground, Place } from "./ground";
import type { Rendered } from "./rendered";

interface Alert {
  readonly alert: string;
  readonly for: string;
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

/** One of the engines as Prometheus finds it: by which PodMonitor, as which pod, where. */
export interface Target {
  readonly monitor: string;
  readonly pod: string;
  readonly place: Place;
}

/** What Alertmanager told its webhook. */
export interface Told {
  readonly alert: string;
  readonly status: "firing" | "resolved";
  readonly labels: Readonly<Record<string, string>>;
}

export interface Alerting {
  /** All alerts that were told, in their order. */
  readonly told: readonly Told[];
  /** Every rule with what Prometheus says of it. */
  rules(): Promise<{ name: string; health: string; state: string }[]>;
  /** Jobs whose targets answer. */
  up(): Promise<string[]>;
  end(): Promise<void>;
}

/** An answer may take as long: on a busy machine a second is too short for Trino. */
const SCRAPE = "3s";
/** More than one scrape that fails, so that a single one raises nothing. */
const LASTS = "7s";

/** Prometheus with a stack's rules and PodMonitors on the engines of this machine, and Alertmanager with a webhook. */
export async function startAlerting(ground: Ground, stack: Rendered, targets: readonly Target[]): Promise<Alerting> {
  const told: Told[] = [];
  const cluster = await startCluster(ground, told);
  const alertmanager = await startAlertmanager(ground, `${cluster.url}/alerts`);
  const prometheus = await startPrometheus(ground, stack, targets, cluster.url);
  const ask = async <T>(path: string) => {
    const answer = await fetch(`http://${ground.at("prometheus")}/api/v1/${path}`);
    return ((await answer.json()) as { data: T }).data;
  };
  return {
    told,
    async rules() {
      const { groups } = await ask<{ groups: { rules: { name: string; health: string; state: string }[] }[] }>("rules");
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

/** A webhook that keeps what it is told; and where a pod is now, as Prometheus learns it from a cluster. */
async function startCluster(ground: Ground, told: Told[]): Promise<{ readonly url: string; end(): Promise<void> }> {
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
      const { alerts } = JSON.parse(body) as { alerts: { status: Told["status"]; labels: Told["labels"] }[] };
      told.push(...alerts.map(({ status, labels }) => ({ alert: labels.alertname ?? "", status, labels })));
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
      // One alone needs no others to gossip with.
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

/** The rules as they are, but told sooner. */
function shortened(ground: Ground, { metadata, spec }: Rules): Rules["spec"] {
  const groups = spec.groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => {
      if (rule.for === "0m") return rule;
      return {
        ...rule,
        for: ground.changes.value(`prometheus/${metadata.name}`, `${rule.alert} for`, rule.for, LASTS),
      };
    }),
  }));
  return { groups };
}

/** What the operator makes of a PodMonitor for one pod. */
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
    // A pod that comes back has another name in a cluster; here the rules' tests ask for it by the same.
    relabel_configs: Object.entries({ namespace: metadata.namespace, pod }).map(([label, value]) => ({
      target_label: label,
      replacement: value,
    })),
  }));
}
