import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { gunzipSync } from "node:zlib";

import { parse } from "yaml";

import { selector } from "../../components/core/labels";
import { resourceRequirements } from "../../components/core/pod-group";
import { placement } from "../../components/core/placement";
import type { KubernetesObject } from "../../sandbox/control-plane/api";
import type { ControlPlane } from "../../sandbox/control-plane/control-plane";
import { applyAll, deploy } from "../../sandbox/control-plane/deploy";
import { simulatedNode } from "../../sandbox/control-plane/nodes";
import {
  startCloudNativePg,
  startPrometheusOperator,
  startSparkController,
  startSparkWebhook,
} from "../../sandbox/control-plane/operators";
import { sparkHome } from "../../sandbox/control-plane/spark-home";
import type { Stack } from "../../sandbox/control-plane/stack";
import { until } from "../../sandbox/core/until";
import { cannotWall, walled } from "../../sandbox/control-plane/walled";
import { javaHome } from "../../sandbox/engines/java-home";
import { amount } from "./amounts";
import { stack, started } from "./stacks";

/** Kinds that an operator's webhooks validate; they are applied only after the operator has started. */
const THEIRS = ["Cluster", "SparkApplication"];

interface PodSpec {
  readonly containers: readonly { readonly name: string; readonly resources: unknown }[];
  readonly affinity: { readonly nodeAffinity?: unknown };
  readonly tolerations?: readonly { readonly key: string }[];
  readonly priorityClassName?: string;
}

/**
 * Real operators of the stack's versions on a real API server. Not proven: what happens inside of containers, because none
 * runs. So no database starts, and CloudNativePG waits for its first instance.
 */
describe("real operators", () => {
  let plane: ControlPlane;
  let dev: Stack;

  before(async function () {
    const reason = await cannotWall();
    if (reason !== undefined) {
      console.warn(`    SKIPPED: ${reason}`);
      this.skip();
    }
    dev = await stack("dev");
    const operators = ["cloudnative-pg", "spark-operator", "prometheus-operator"] as const;
    plane = await started(this, { nodes: dev.nodes.map((node) => simulatedNode(node)) }, operators);
    const ours = { ...dev, objects: dev.objects.filter(({ kind }) => !THEIRS.includes(kind)) };
    await deploy(plane.api, ours, ["postgresql.cnpg.io", "sparkoperator.k8s.io", "monitoring.coreos.com"]);
    await startCloudNativePg(plane, "lakehouse-operators");
    await startSparkWebhook(plane, "lakehouse-operators", "lakehouse-compute");
    await startPrometheusOperator(plane);
  });
  after(async () => {
    await (plane as ControlPlane | undefined)?.end();
  });

  const one = (kind: string, name: string): KubernetesObject => {
    const found = dev.objects.find((object) => object.kind === kind && object.metadata.name === name);
    assert.ok(found, `${kind} ${name}`);
    return found;
  };

  it("accept the stack's custom resources", async () => {
    const theirs = dev.objects.filter(({ kind }) => THEIRS.includes(kind));
    assert.deepEqual(
      (await applyAll(plane.api, theirs)).map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort(),
      [
        "Cluster postgres",
        "SparkApplication bronze-to-silver",
        "SparkApplication silver-to-gold",
        "SparkApplication table-maintenance",
      ],
    );
  });

  it("refuse resources that they cannot run, so that acceptance is a proof", async () => {
    const cluster = one("Cluster", "postgres");
    await assert.rejects(
      plane.api.apply({ ...cluster, spec: { ...(cluster.spec as object), storage: { size: "banana" } } }),
      /vcluster.cnpg.io.*spec.storage.size: Invalid value: "banana"/,
    );
    const job = one("SparkApplication", "bronze-to-silver");
    const ports = [
      { servicePort: 4040, servicePortName: "one" },
      { servicePort: 4040, servicePortName: "other" },
    ];
    await assert.rejects(
      plane.api.apply({
        ...job,
        metadata: { ...job.metadata, name: "wrong" },
        spec: { ...(job.spec as object), driverIngressOptions: ports },
      }),
      /validate-sparkapplication.sparkoperator.k8s.io.*DriverIngressOptions has empty IngressURLFormat/,
    );
  });

  it("CloudNativePG makes pods with the size, placement, priority and labels of the plan", async () => {
    const group = dev.groups.find(({ service, role }) => service === "postgres" && role === "server");
    assert.ok(group);
    const pods = async () =>
      (await plane.api.list("v1", "pods", "?labelSelector=cnpg.io/cluster=postgres")).filter(
        ({ metadata }) => metadata.namespace === group.namespace,
      );
    // Its bootstrap job "succeeds" on simulated nodes, then it makes the first instance.
    await until("the first instance is there", async () =>
      (await pods()).some(({ metadata }) => metadata.name === "postgres-1"),
    );
    for (const { metadata, spec } of await pods()) {
      const { containers, affinity, tolerations, priorityClassName } = spec as PodSpec;
      assert.deepEqual(
        containers.map(({ resources }) => resources),
        [resourceRequirements(group)],
        metadata.name,
      );
      assert.deepEqual(affinity.nodeAffinity, placement(group).affinity.nodeAffinity, metadata.name);
      assert.ok(
        tolerations?.some(({ key }) => key === "lakehouse.dev/pool"),
        metadata.name,
      );
      assert.equal(priorityClassName, group.priorityClass, metadata.name);
    }
  });

  it("CloudNativePG's pods are selected by the network policies and monitors", async () => {
    const instance = await plane.api.get({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "postgres-1", namespace: "lakehouse-storage" },
    });
    const of = (kind: string, labels: (spec: Selecting) => Readonly<Record<string, string>> | undefined) =>
      dev.objects
        .filter((object) => object.kind === kind && object.metadata.namespace === "lakehouse-storage")
        .filter(({ spec }) => {
          const wanted = Object.entries(labels(spec as Selecting) ?? {});
          return wanted.length > 0 && wanted.every(([key, value]) => instance?.metadata.labels?.[key] === value);
        })
        .map(({ metadata }) => metadata.name)
        .sort();
    const named = (kind: string) =>
      dev.objects
        .filter((object) => object.kind === kind && object.metadata.namespace === "lakehouse-storage")
        .map(({ metadata }) => metadata.name)
        .filter((name) => name.startsWith("postgres-"))
        .sort();
    const policies = of("NetworkPolicy", ({ podSelector }) => podSelector?.matchLabels);
    assert.deepEqual(policies, named("NetworkPolicy"));
    assert.ok(policies.includes("postgres-from-hive-metastore"));
    assert.deepEqual(
      of("PodMonitor", ({ selector }) => selector?.matchLabels),
      named("PodMonitor"),
    );
  });

  it("the Spark operator makes a driver's pod with the size, placement, priority and labels of the plan", async function () {
    const group = dev.groups.find(({ service, role }) => service === "spark" && role === "driver");
    assert.ok(group);
    const { namespace } = group;
    await startSparkController(plane, namespace, await homes(this));
    const job = one("SparkApplication", "bronze-to-silver");
    // A run is a copy that is not suspended, as Airflow makes it.
    await plane.api.create({
      ...job,
      metadata: { ...job.metadata, name: "proof" },
      spec: { ...(job.spec as object), suspend: false },
    });
    const driver = { apiVersion: "v1", kind: "Pod", metadata: { name: "proof-driver", namespace } };
    const state = async () =>
      JSON.stringify((await plane.api.get({ ...job, metadata: { name: "proof", namespace } }))?.status ?? {});
    await until("the driver's pod is there", async () => (await plane.api.get(driver)) !== undefined, {
      explain: state,
    });
    const pod = await plane.api.get(driver);
    assert.ok(pod);
    const { containers, affinity, tolerations, priorityClassName } = pod.spec as PodSpec;
    assert.deepEqual(
      containers.map(({ resources }) => quantities(resources)),
      [quantities(resourceRequirements(group))],
    );
    assert.deepEqual(affinity, placement(group).affinity);
    assert.ok(tolerations?.some(({ key }) => key === "lakehouse.dev/pool"));
    assert.equal(priorityClassName, group.priorityClass);
    for (const [key, value] of Object.entries(selector(group))) assert.equal(pod.metadata.labels?.[key], value);
    // The API server has admitted it to a namespace with the restricted profile, within the drivers' quota.
    await until("it runs on its node", async () => (await state()).includes("RUNNING"), { explain: state });
  });

  it("leaves no open port behind when it ends by itself", async () => {
    const ended = await walled(plane, {
      name: "short",
      command: (port) => [process.execPath, "-e", shortServer(plane.certificate, port)],
    });
    const group = (): string[] =>
      execFileSync("ps", ["-eo", "pgid=,args="], { encoding: "utf8" })
        .split("\n")
        .filter((line) => line.trim().startsWith(`${String(ended.pid)} `));
    assert.equal(group().length, 2);
    // Kills only the process, not its group, as a crash does.
    process.kill(ended.pid, "SIGKILL");
    await ended.exited;
    await until("the door has gone too", () => Promise.resolve(group().length === 0));
  });

  it("Prometheus' operator makes a scrape job of every monitor and a file of every PrometheusRule", async () => {
    const homelab = await stack("homelab");
    const namespace = "prometheus";
    const kinds = ["PodMonitor", "ServiceMonitor", "PrometheusRule"];
    const theirs = homelab.objects.filter(({ kind }) => kinds.includes(kind));
    const homes = [...new Set([namespace, ...theirs.map(({ metadata }) => metadata.namespace ?? "")])];
    await applyAll(plane.api, [
      ...homes.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
      ...homelab.objects.filter(({ kind, metadata }) => kind === "Secret" && homes.includes(metadata.namespace ?? "")),
      ...theirs,
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "Prometheus",
        metadata: { name: "all", namespace },
        spec: Object.fromEntries(
          ["podMonitor", "serviceMonitor", "rule"].flatMap((each) => [
            [`${each}Selector`, {}],
            [`${each}NamespaceSelector`, {}],
          ]),
        ),
      },
    ]);
    const names = (kind: string) => theirs.filter((object) => object.kind === kind).map(({ metadata }) => metadata);
    const jobs = [
      ...names("PodMonitor").map(({ namespace: home = "", name }) => `podMonitor/${home}/${name}`),
      ...names("ServiceMonitor").map(({ namespace: home = "", name }) => `serviceMonitor/${home}/${name}`),
    ].sort();
    assert.ok(jobs.length > 0);
    const scraped = async () => {
      const secret = await plane.api.get({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "prometheus-all", namespace },
      });
      const data = (secret?.data as Record<string, string> | undefined)?.["prometheus.yaml.gz"];
      if (data === undefined) return [];
      const config = parse(gunzipSync(Buffer.from(data, "base64")).toString("utf8")) as {
        readonly scrape_configs?: readonly { readonly job_name: string }[] | null;
      };
      return [...new Set((config.scrape_configs ?? []).map(({ job_name }) => job_name.replace(/\/\d+$/, "")))].sort();
    };
    await until("its configuration has every job", async () => (await scraped()).length === jobs.length, {
      explain: async () => JSON.stringify(await scraped()),
    });
    assert.deepEqual(await scraped(), jobs);
    const rules = names("PrometheusRule").map(({ namespace: home = "", name }) => `${home}-${name}`);
    const files = async () =>
      (await plane.api.list("v1", "configmaps"))
        .filter(({ metadata }) => metadata.name.startsWith("prometheus-all-rulefiles"))
        .flatMap(({ data }) => Object.keys(data ?? {}));
    // The operator makes no file of rules that its parser refuses.
    await until("every set of rules has its file", async () => (await files()).length === rules.length, {
      explain: async () => JSON.stringify(await files()),
    });
    assert.deepEqual((await files()).map((file) => file.replace(/-[0-9a-f-]{36}\.yaml$/, "")).sort(), rules.sort());
  });
});

/** An operator that serves only its webhook, and can be ended alone. */
const shortServer = ({ crt, key }: ControlPlane["certificate"], port: number) =>
  `const { readFileSync } = require("fs");
   require("https").createServer({ cert: readFileSync(${JSON.stringify(crt)}), key: readFileSync(${JSON.stringify(key)}) }).listen(${String(port)}, "127.0.0.1");`;

/** Homes of Spark and of a JDK; without them the test is skipped. */
async function homes(test: Mocha.Context): Promise<{ readonly spark: string; readonly java: string }> {
  try {
    return { spark: await sparkHome((line) => process.stderr.write(`${line}\n`)), java: javaHome(17, 22) };
  } catch (error) {
    console.warn(`      SKIPPED: ${(error as Error).message}`);
    return test.skip();
  }
}

/** Sizes as numbers, because Spark writes them in other units. */
const quantities = (resources: unknown) =>
  Object.fromEntries(
    Object.entries(resources as Record<string, Record<string, string>>).map(([key, amounts]) => [
      key,
      Object.fromEntries(Object.entries(amounts).map(([name, text]) => [name, amount(text)])),
    ]),
  );

interface Selecting {
  readonly podSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
}
