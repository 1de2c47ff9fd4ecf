import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { parse } from "yaml";

import { platform } from "../../../components/cluster";
import { resourceRequirements } from "../../../components/core/pod-group";
import * as alertmanager from "../../../components/observability/prometheus/alertmanager.config";
import { exporterValues, operatorValues } from "../../../components/observability/prometheus/operator.config";
import * as pods from "../../../components/observability/prometheus/pods";
import { kubeletScrapes, prometheusSpec } from "../../../components/observability/prometheus/prometheus.config";
import { settingsFrom, SettingsError } from "../../../components/settings";
import { problems } from "../../support/crd";
import { customResourceValidators, upstream } from "../../support/upstream";
import { promtoolFound } from "./promtool";

type Given = Readonly<Record<string, unknown>>;
const CONTROL_PLANE = { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" };

function settings(prometheus: Given = {}, observability: Given = {}) {
  return settingsFrom({
    nodes: [
      { name: "a", count: 3, pool: "all", cpu: 16, memory: "64Gi" },
      { name: "b", pool: "batch", cpu: 16, memory: "64Gi", taints: [CONTROL_PLANE] },
    ],
    pools: { all: { default: true }, batch: { taint: "NoSchedule" } },
    cluster: { storageClass: "fast", certManager: true },
    storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] } },
    observability: { prometheus: { enabled: true, ...prometheus }, ...observability },
  });
}

const own = (given?: Given) => settings(given).observability.prometheus;
const at = (given?: Given) => platform(settings(given));

function mistakes(prometheus: Given, observability: Given = {}): string[] {
  try {
    settings(prometheus, observability);
    return [];
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.mistakes.map(({ path, message }) => `${path.replace("lakehouse:observability.", "")}: ${message}`);
  }
}

const cidrs = ["203.0.113.0/24"];
const RECEIVERS = [
  { name: "oncall", kind: "pagerduty", secret: { name: "pager", key: "routing-key" }, severities: ["critical"], cidrs },
  { name: "team", kind: "slack", channel: "#data", secret: { name: "slack", key: "url" }, cidrs },
  {
    name: "post",
    kind: "email",
    to: "a@example.org",
    from: "b@example.org",
    host: "mail.example.org",
    user: "b@example.org",
    secret: { name: "mail", key: "password" },
    cidrs,
  },
  {
    name: "hook",
    kind: "webhook",
    url: "https://hooks.example.org/alerts",
    secret: { name: "hook", key: "token" },
    cidrs,
  },
];

const receivers = (given: readonly object[] = RECEIVERS) =>
  own({ alertmanager: { receivers: given } }).alertmanager.receivers;

describe("Prometheus and Alertmanager as resources of their operator", () => {
  const [server] = pods.prometheusPods(at(), own());
  const spec = prometheusSpec({
    group: server,
    settings: own({
      remoteWrite: [{ url: "https://m.example.org/write", secret: { name: "m", key: "token" }, cidrs }],
    }),
    selector: { a: "b" },
    scrapes: "x",
  });
  const [sender] = pods.alertmanagerPods(at(), own());
  const receiving = alertmanager.alertmanagerSpec(sender, receivers(), "y");

  it("have only fields that the CRDs have", function () {
    const validators = customResourceValidators();
    if (validators === undefined) this.skip();
    const resource = (kind: string, of: object) => ({
      apiVersion: "monitoring.coreos.com/v1",
      kind,
      metadata: { name: "x" },
      spec: of,
    });
    for (const [kind, of] of [
      ["Prometheus", spec],
      ["Alertmanager", receiving],
    ] as const)
      assert.deepEqual(problems(validators("monitoring.coreos.com/v1", kind), resource(kind, of)), [], kind);
  });

  it("request what the plan counts, with the container that the operator adds", () => {
    const { resources, containers, replicas } = spec as {
      resources: object;
      replicas: number;
      containers: { name: string; resources?: object }[];
    };
    assert.equal(replicas, 2);
    assert.deepEqual(resources, resourceRequirements(server));
    assert.deepEqual(containers.find(({ name }) => name === "config-reloader")?.resources, {
      requests: { cpu: "10m", memory: "64Mi" },
      limits: { cpu: "20m", memory: "64Mi" },
    });
  });

  it("keep metrics for days, or until four fifths of the volume are taken", () => {
    assert.deepEqual([spec.retention, spec.retentionSize], ["15d", "40960MiB"]);
  });

  it("find every kind of monitor and rule by the stack's label, in the stack's namespaces alone", () => {
    for (const kind of ["podMonitor", "serviceMonitor", "probe", "scrapeConfig", "rule"]) {
      assert.deepEqual(spec[`${kind}Selector`], { matchLabels: { a: "b" } }, kind);
      assert.deepEqual(spec[`${kind}NamespaceSelector`], { matchLabels: { "app.kubernetes.io/part-of": "lakehouse" } });
    }
  });

  it("name Secrets, and hold none", () => {
    assert.deepEqual(receiving.secrets, ["hook", "mail", "pager", "slack"]);
    assert.deepEqual(spec.remoteWrite, [
      {
        url: "https://m.example.org/write",
        authorization: { type: "Bearer", credentials: { name: "m", key: "token" } },
      },
    ]);
  });
});

describe("Alertmanager's configuration", () => {
  it("sends each receiver what it asks for, with secrets in files", () => {
    const { route, receivers: made } = parse(alertmanager.alertmanagerConfig(receivers())) as {
      route: { receiver: string; routes: { receiver: string; matchers: string[]; continue: boolean }[] };
      receivers: Record<string, Record<string, unknown>[]>[];
    };
    assert.deepEqual(
      route.routes.map(({ receiver, matchers, continue: on }) => [receiver, ...matchers, on]),
      [
        ["oncall", 'severity=~"critical"', true],
        ["team", 'severity=~"critical|warning"', true],
        ["post", 'severity=~"critical|warning"', true],
        ["hook", 'severity=~"critical|warning"', true],
      ],
    );
    const [nowhere, oncall, team, post, hook] = made;
    assert.deepEqual([route.receiver, nowhere], ["nowhere", { name: "nowhere" }]);
    const folder = "/etc/alertmanager/secrets";
    assert.equal(oncall?.pagerduty_configs?.[0]?.routing_key_file, `${folder}/pager/routing-key`);
    assert.equal(team?.slack_configs?.[0]?.api_url_file, `${folder}/slack/url`);
    assert.equal(post?.email_configs?.[0]?.auth_password_file, `${folder}/mail/password`);
    assert.equal(post.email_configs[0].smarthost, "mail.example.org:587");
    assert.deepEqual(hook?.webhook_configs?.[0]?.http_config, {
      authorization: { credentials_file: `${folder}/hook/token` },
    });
  });

  it("sends nothing anywhere without receivers", () => {
    const config = parse(alertmanager.alertmanagerConfig([])) as { receivers: object[]; route: { routes: object[] } };
    assert.deepEqual([config.receivers, config.route.routes], [[{ name: "nowhere" }], []]);
  });
});

describe("scrapes of kubelets", () => {
  it("are a configuration of Prometheus", function () {
    if (!promtoolFound()) this.skip();
    // Debian's Prometheus is built without the discovery of Kubernetes.
    const scrapes = (parse(kubeletScrapes()) as Record<string, unknown>[]).map(
      ({ kubernetes_sd_configs: found, ...rest }) => {
        assert.deepEqual(found, [{ role: "node" }]);
        return rest;
      },
    );
    const folder = mkdtempSync(join(tmpdir(), "promtool-"));
    try {
      writeFileSync(join(folder, "p.yaml"), JSON.stringify({ scrape_configs: scrapes }));
      const { status, stdout, stderr } = spawnSync("promtool", ["check", "config", "--syntax-only", "p.yaml"], {
        cwd: folder,
        encoding: "utf8",
      });
      assert.equal(status, 0, stdout + stderr);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("keep what alerts and dashboards of the stack ask for", () => {
    const [first] = parse(kubeletScrapes()) as { metric_relabel_configs: { regex: string }[] }[];
    const kept = new RegExp(`^(?:${first?.metric_relabel_configs[0]?.regex ?? ""})$`);
    for (const name of [
      "kubelet_volume_stats_available_bytes",
      "kubelet_volume_stats_capacity_bytes",
      "container_memory_working_set_bytes",
      "container_cpu_usage_seconds_total",
    ])
      assert.match(name, kept);
    assert.doesNotMatch("container_tasks_state", kept);
  });
});

describe("node exporters", () => {
  it("are one on each node, whatever its pool and its taints", () => {
    const [group] = pods.exporterPods(at());
    assert.deepEqual([group.replicas, group.pools, group.spread], [4, ["all", "batch"], "one-per-node"]);
    assert.deepEqual(group.tolerations, [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }]);
    assert.equal(group.namespace, "lakehouse-agents");
  });
});

/** Paths of values that a chart does not have. What it copies as it is has no keys in its file. */
function unknown(set: unknown, known: unknown, path = ""): string[] {
  if (typeof set !== "object" || set === null || Array.isArray(set)) return [];
  return Object.entries(set).flatMap(([key, value]) => {
    const here = `${path}.${key}`;
    if (/\.(affinity|tolerations|resources|securityContext|containerSecurityContext|strategy)$/.test(here)) return [];
    if (typeof known !== "object" || known === null || !(key in known)) return [here];
    return unknown(value, (known as Record<string, unknown>)[key], here);
  });
}

describe("values of the charts", () => {
  const [operator, stateMetrics] = pods.operatorPods(at(), own());

  it("are values of kube-prometheus-stack", function () {
    const known = upstream("chart-values/kube-prometheus-stack/values.yaml");
    if (known === undefined) this.skip();
    const { "kube-state-metrics": inner, ...outer } = operatorValues(operator, stateMetrics);
    // Comments of the chart's file, and values of the other chart, say these.
    assert.deepEqual(unknown(outer, known), [".prometheusOperator.priorityClassName"]);
    assert.deepEqual(Object.keys(inner as object).toSorted(), STATE_METRICS);
  });

  it("switch off everything that the stack describes itself", () => {
    const values = operatorValues(operator, stateMetrics) as Record<string, { enabled?: boolean }>;
    for (const part of ["crds", "prometheus", "alertmanager", "grafana", "nodeExporter", "kubernetesServiceMonitors"])
      assert.deepEqual(values[part], { enabled: false }, part);
  });

  it("give node exporters neither the node's network nor its processes", () => {
    const [group] = pods.exporterPods(at());
    const values = exporterValues(group) as { hostNetwork: boolean; hostPID: boolean; image: { tag: string } };
    assert.deepEqual([values.hostNetwork, values.hostPID], [false, false]);
    assert.match(values.image.tag, /^v1\.12\.1-distroless(@sha256:[0-9a-f]{64})?$/);
  });
});

/** Values of kube-state-metrics 8.4.0, as its file at the tag kube-prometheus-stack-88.5.3 names them; `updateStrategy` and `priorityClassName` are in its template alone. */
const STATE_METRICS = [
  "affinity",
  "collectors",
  "containerSecurityContext",
  "image",
  "priorityClassName",
  "prometheus",
  "prometheusScrape",
  "resources",
  "securityContext",
  "tolerations",
  "updateStrategy",
];

describe("Prometheus' settings", () => {
  it("refuse a second scraper, a second operator, one name twice and half a login", () => {
    assert.deepEqual(mistakes({}, { mode: "existing" }), [
      "prometheus.enabled: given true with lakehouse:observability.mode: existing; allowed: one of them, since both would send each alert",
    ]);
    assert.match(
      mistakes({ operatorSize: { replicas: 2 } }).join(),
      /^prometheus.operatorSize.replicas: given 2; allowed: 1/,
    );
    const [, team] = RECEIVERS;
    assert.match(
      mistakes({ alertmanager: { receivers: [team, team] } }).join(),
      /receivers\[1\].name: given "team" twice/,
    );
    const [, , { secret: _, ...post }] = RECEIVERS as unknown as [object, object, Record<string, unknown>];
    assert.match(mistakes({ alertmanager: { receivers: [post] } }).join(), /given user without secret; allowed: both/);
  });

  it("refuse Grafanas that share nothing, and a Grafana without a Prometheus of the stack", () => {
    const grafana = { enabled: true, server: { replicas: 2 } };
    assert.match(mistakes({}, { grafana }).join(), /^grafana.server.replicas: given 2 with .*keeps: postgres$/);
    assert.deepEqual(mistakes({}, { grafana: { ...grafana, keeps: "postgres" } }), []);
    assert.match(
      mistakes({ enabled: false }, { grafana: { enabled: true } }).join(),
      /^grafana.enabled: given true, which needs a Prometheus of the stack/,
    );
  });
});
