import assert from "node:assert/strict";

import { PackProcess } from "../../preview/pack-process";
import { PolicyPack } from "../../preview/policy-pack";
import { PACK_FOLDER } from "../../inputs/project";
import type { Recorded } from "../../preview/recorder";
import { CHARTS } from "../../policies/operators";
import { chartName } from "../../policies/workloads/charts";
import { REGISTRIES } from "../../policies/images/registries";
import { keyOf } from "../../policies/core/resource";
import { WORKLOAD_KEYS } from "../../policies/workloads";
import { upstream } from "../support/upstream";
import { having, judged, STACKS } from "./harness";
import { everything } from "./matrix/everything";
import { Judge } from "./matrix/judge";

/** Time limit against a hanging test. */
const PATIENCE_MS = 20 * 60_000;

/** A mirror for each registry, so that no text has a host of upstream. */
const EACH = Object.fromEntries(REGISTRIES.map((registry, at) => [registry, `registry.corp:5000/m${String(at)}`]));
const SECRET = "corp-registry";

/** Images of charts that values switch off, so that no pod pulls them. */
const OFF: Readonly<Record<string, string>> = {
  "hook.image.registry": "hook.upgradeCrd",
  "configReloader.image.registry": "configReloader.enabled",
  "crds.upgradeJob.image.busybox.registry": "crds.enabled",
  "crds.upgradeJob.image.kubectl.registry": "crds.enabled",
  "alertmanager.alertmanagerSpec.image.registry": "alertmanager.enabled",
  "prometheus.prometheusSpec.image.registry": "prometheus.enabled",
  "thanosRuler.thanosRulerSpec.image.registry": "thanosRuler.enabled",
  "prometheusOperator.admissionWebhooks.deployment.image.registry": "prometheusOperator.admissionWebhooks.enabled",
  "prometheusOperator.admissionWebhooks.patch.image.registry": "prometheusOperator.admissionWebhooks.enabled",
};

/** Strings in a value with their paths, such as `values.image.registry`. */
function* strings(value: unknown, at = ""): Generator<readonly [path: string, text: string]> {
  if (typeof value === "string") yield [at, value];
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* strings(inner, at === "" ? key : `${at}.${key}`);
}

const namesUpstream = (text: string) =>
  REGISTRIES.some((registry) => new RegExp(`(^|[^\\w.-])${registry.replaceAll(".", "\\.")}($|[^\\w.-])`).test(text));

type Json = Readonly<Record<string, unknown>>;
const isMap = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

/** Merges values over a chart's defaults, like Helm. */
function over(defaults: unknown, values: unknown): unknown {
  if (!isMap(defaults) || !isMap(values)) return values ?? defaults;
  const keys = [...new Set([...Object.keys(defaults), ...Object.keys(values)])];
  return Object.fromEntries(keys.map((key) => [key, key in values ? over(defaults[key], values[key]) : defaults[key]]));
}

const at = (value: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((inner, key) => (isMap(inner) ? inner[key] : undefined), value);

const isChart = ({ type }: Recorded) => type.endsWith(":Release");
/** The list of mirrors, which names upstream's registries. */
const isCapacity = ({ name }: Recorded) => name === "capacity";

/** Texts of a stack that name a registry of upstream. */
function upstreamTexts(resources: readonly Recorded[]): string[] {
  const texts = resources
    .filter((one) => one.custom && !isCapacity(one))
    .flatMap((one) => {
      const all = isChart(one) ? (one.inputs as { values: unknown }).values : one.inputs;
      return [...strings(all)].map(([path, text]) => ({ what: `${one.name} ${path}`, text }));
    });
  return texts.filter(({ text }) => namesUpstream(text)).map(({ what, text }) => `${what}: ${text.slice(0, 200)}`);
}

/** Images that charts would pull from upstream because of their default values. */
function leftInCharts(resources: readonly Recorded[]): string[] {
  return resources.filter(isChart).flatMap(({ name, inputs }) => {
    const { chart, version, values } = inputs as { chart: string; version: string; values: unknown };
    // A chart in a local mirror is a file with the version in its name.
    const folder = chart.split("/").at(-1)?.replace(`-${version}.tgz`, "") ?? "";
    const file = `chart-values/${folder}/values.yaml`;
    const defaults = upstream(file);
    if (defaults === undefined) return [];
    const merged = over(defaults, values);
    return [...strings(merged)]
      .filter(([path, text]) => namesUpstream(text) && !(path in OFF && at(merged, OFF[path]!) === false))
      .map(([path, text]) => `${name} values.${path}: ${text}`);
  });
}

/** Pull Secrets of each pod template of ClickHouse's operator. */
const perTemplate = (spec: Json): unknown[] =>
  (at(spec, "templates.podTemplates") as Json[]).map((template) => at(template, "spec.imagePullSecrets"));

/** Resources with pods that lack the pull Secret in one of their kind's fields. */
function withoutSecret(resources: readonly Recorded[]): string[] {
  const named = JSON.stringify([{ name: SECRET }]);
  const has: Readonly<Record<string, (spec: Json) => readonly unknown[]>> = {
    Deployment: (spec) => [at(spec, "template.spec.imagePullSecrets")],
    StatefulSet: (spec) => [at(spec, "template.spec.imagePullSecrets")],
    Job: (spec) => [at(spec, "template.spec.imagePullSecrets")],
    PodTemplate: (inputs) => [at(inputs, "template.spec.imagePullSecrets")],
    CronJob: (spec) => [at(spec, "jobTemplate.spec.template.spec.imagePullSecrets")],
    Cluster: (spec) => [spec.imagePullSecrets],
    Prometheus: (spec) => [spec.imagePullSecrets],
    Alertmanager: (spec) => [spec.imagePullSecrets],
    KafkaNodePool: (spec) => [at(spec, "template.pod.imagePullSecrets")],
    Kafka: (spec) => [
      at(spec, "entityOperator.template.pod.imagePullSecrets"),
      at(spec, "kafkaExporter.template.pod.imagePullSecrets"),
    ],
    KafkaConnect: (spec) => [at(spec, "template.pod.imagePullSecrets")],
    // Of Knative: those of Kubernetes have no pods.
    Service: (spec) => [at(spec, "template.spec.imagePullSecrets")],
    MariaDB: (spec) => [spec.imagePullSecrets],
    PhysicalBackup: (spec) => [spec.imagePullSecrets],
    Elasticsearch: (spec) => (spec.nodeSets as Json[]).map((set) => at(set, "podTemplate.spec.imagePullSecrets")),
    Kibana: (spec) => [at(spec, "podTemplate.spec.imagePullSecrets")],
    Logstash: (spec) => [at(spec, "podTemplate.spec.imagePullSecrets")],
    ClickHouseInstallation: perTemplate,
    ClickHouseKeeperInstallation: perTemplate,
    FlinkDeployment: (spec) => [
      at(spec, "jobManager.podTemplate.spec.imagePullSecrets"),
      at(spec, "taskManager.podTemplate.spec.imagePullSecrets"),
    ],
    // A list of names only.
    SparkApplication: (spec) => [(spec.imagePullSecrets as string[] | undefined)?.map((name) => ({ name }))],
    ScheduledSparkApplication: (spec) => [
      (at(spec, "template.imagePullSecrets") as string[] | undefined)?.map((name) => ({ name })),
    ],
  };
  const pods = resources.filter(({ type }) => WORKLOAD_KEYS.includes(keyOf(type)));
  return pods.flatMap(({ type, name, inputs }) => {
    const kind = type.split(":").at(-1) ?? "";
    if (kind === "Release") {
      if (CHARTS[chartName(String(inputs.chart))]?.pods.length === 0) return [];
      const lists = [
        ...["imagePullSecrets", "global.imagePullSecrets", "image.pullSecrets", "image.imagePullSecrets"],
        "controllerManager.imagePullSecrets",
      ];
      return lists.some((path) => JSON.stringify(at(inputs.values, path)) === named) ? [] : [`Release ${name}`];
    }
    const lists = has[kind];
    if (lists === undefined) return [`${kind} ${name} has pods, and a place for the Secret that this test lacks`];
    // A PodTemplate alone has no `spec`.
    return lists((inputs.spec ?? inputs) as Json)
      .filter((list) => JSON.stringify(list) !== named)
      .map(() => `${kind} ${name}`);
  });
}

const cluster = { registryMirrors: EACH, imagePullSecrets: [SECRET] };

describe("a mirror of every registry", function () {
  this.timeout(PATIENCE_MS);

  for (const stack of STACKS) {
    it(`serves every image of ${stack}, including those of its charts' default values`, async () => {
      const { resources, plan } = await judged(stack, having(stack, "cluster", cluster));
      assert.deepEqual([plan.verdict, plan.policies.failed], ["ok", []]);
      assert.deepEqual([...upstreamTexts(resources), ...leftInCharts(resources)], []);
      assert.deepEqual(withoutSecret(resources), []);
    });
  }

  it("can be one registry for all, and the pack refuses images from elsewhere", async () => {
    const all = { registryMirrors: { "*": "registry.corp:5000/all" } };
    const own = { trino: { image: "docker.io/corp/trino:484" } };
    const { resources, plan } = await judged("homelab", {
      ...having("homelab", "cluster", all),
      ...having("homelab", "query", own),
    });
    assert.deepEqual([plan.verdict, plan.policies.failed], ["ok", []]);
    const worker = JSON.stringify(
      resources.find(({ name, type }) => name === "trino-worker" && type.endsWith(":Deployment"))?.inputs,
    );
    assert.ok(worker.includes('"registry.corp:5000/all/docker.io/corp/trino:484"'));
  });

  it("is required by the pack for every image", async () => {
    const { resources } = await judged("homelab", having("homelab", "cluster", cluster));
    const { resources: others } = await judged("homelab");
    const plain = others.find(({ name, type }) => name === "postgres" && type.endsWith(":Cluster"));
    const pack = new PolicyPack(new PackProcess(PACK_FOLDER));
    try {
      const found = await pack.analyzeStack(resources.map((one) => (one.urn === plain?.urn ? plain : one)));
      const messages = found.filter(({ policy }) => policy === "image-require-allowed-registry");
      assert.deepEqual(
        messages.map(({ message }) => /uses (\S+) from/.exec(message)?.[1]?.split(":")[0]),
        ["ghcr.io/cloudnative-pg/postgresql"],
      );
    } finally {
      pack.stop();
    }
  });

  it("serves the images of all systems", async () => {
    const pack = new PolicyPack(new PackProcess(PACK_FOLDER));
    try {
      const judge = new Judge(pack);
      for (const choice of everything()) {
        const { resources, problems } = await judge.judge(choice, { cluster });
        assert.deepEqual(problems, []);
        assert.deepEqual([...upstreamTexts(resources), ...leftInCharts(resources), ...withoutSecret(resources)], []);
        assert.ok(resources.filter(isChart).length > 4);
      }
    } finally {
      pack.stop();
    }
  });

  it("changes nothing if it is not set", async () => {
    const { resources } = await judged("homelab");
    assert.ok(upstreamTexts(resources).length > 10);
    assert.ok(!JSON.stringify(resources.map(({ inputs }) => inputs)).includes("imagePullSecrets"));
  });
});
