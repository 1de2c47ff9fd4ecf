import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { monitoring } from "../../components/compute/kueue/monitoring";
import { kueueValues } from "../../components/compute/kueue/operator.config";
import type { KubernetesObject } from "../../sandbox/control-plane/api";
import type { ControlPlane } from "../../sandbox/control-plane/control-plane";
import { applyAll, prepare } from "../../sandbox/control-plane/deploy";
import { startKueue } from "../../sandbox/control-plane/kueue";
import { simulatedNode } from "../../sandbox/control-plane/nodes";
import type { Stack } from "../../sandbox/control-plane/stack";
import { until } from "../../sandbox/core/until";
import { cannotWall } from "../../sandbox/control-plane/walled";
import { notExposed } from "../engines/metrics";
import { SparkStandIn } from "./spark-stand-in";
import { edited, started } from "./stacks";

const NAMESPACE = "lakehouse-compute";
const KINDS = ["Namespace", "PriorityClass", "ResourceQuota", "ServiceAccount", "WorkloadPriorityClass"];
const QUEUED = ["ResourceFlavor", "ClusterQueue", "LocalQueue"];

interface Wanted {
  readonly queue?: string;
  readonly priority?: "high" | "normal" | "low";
  readonly executors?: number;
}

/**
 * Kueue itself on a real API server and scheduler, with homelab's queues for its 4 drivers and 4 executors. The Spark operator is a
 * stand-in, as no driver runs that would ask for executors.
 */
describe("queues of jobs, by Kueue (slow)", () => {
  let plane: ControlPlane;
  let stack: Stack;
  let spark: SparkStandIn;
  let definition: KubernetesObject;
  let pid = 0;

  before(async function () {
    const reason = await cannotWall();
    if (reason !== undefined) {
      console.warn(`    SKIPPED: ${reason}`);
      this.skip();
    }
    stack = await edited("homelab", "compute", "kueue", {
      enabled: true,
      queues: { batch: { share: 3 }, adhoc: { share: 1, passing: true } },
    });
    plane = await started(this, { nodes: stack.nodes.map((node) => simulatedNode(node)), jobs: "hold" }, ["kueue"]);
    const of = (kinds: readonly string[]) => stack.objects.filter(({ kind }) => kinds.includes(kind));
    const definitions = of(["SparkApplication"]);
    await prepare(plane.api, { ...stack, objects: [...of([...KINDS, ...QUEUED]), ...definitions], groups: [] }, [
      "kueue.x-k8s.io",
      "sparkoperator.k8s.io",
    ]);
    await applyAll(plane.api, of(KINDS));
    const group = stack.groups.find(({ service }) => service === "kueue");
    assert.ok(group);
    ({ pid } = await startKueue(plane, kueueValues(group, NAMESPACE) as unknown as Parameters<typeof startKueue>[1]));
    await applyAll(plane.api, of(QUEUED));
    await applyAll(plane.api, definitions);
    const found = definitions.find(({ metadata }) => metadata.name === "silver-to-gold");
    assert.ok(found);
    definition = found;
    spark = new SparkStandIn(plane.api, NAMESPACE);
  });
  afterEach(async () => {
    if (!(spark as SparkStandIn | undefined)) return;
    for (const { name } of await spark.runs()) if (!isDefinition(name)) await plane.api.delete(job(name));
    await until("its runs and their pods are gone", async () => {
      const pods = await plane.api.list("v1", "pods");
      for (const { metadata } of pods)
        await plane.api.call("DELETE", `/api/v1/namespaces/${NAMESPACE}/pods/${metadata.name}?gracePeriodSeconds=0`);
      const workloads = await plane.api.list("kueue.x-k8s.io/v1beta2", "workloads");
      return pods.length === 0 && workloads.length === 0;
    });
    spark.started.length = 0;
  });
  after(async () => {
    await (plane as ControlPlane | undefined)?.end();
  });

  const isDefinition = (name: string) => stack.objects.some((each) => each.metadata.name === name);
  const job = (name: string) => ({ ...definition, metadata: { name, namespace: NAMESPACE } });

  /** A run as Airflow or a schedule makes it: a copy of the definition with the labels of its queue. */
  async function submit(name: string, { queue = "batch", priority = "normal", executors = 2 }: Wanted = {}) {
    const spec = definition.spec as { readonly executor: object };
    const labels = { "kueue.x-k8s.io/queue-name": queue, "kueue.x-k8s.io/priority-class": `lakehouse-${priority}` };
    await plane.api.create({
      ...definition,
      metadata: { name, namespace: NAMESPACE, labels },
      spec: { ...spec, suspend: false, executor: { ...spec.executor, instances: executors } },
    });
  }

  const state = async (name: string) => (await spark.runs()).find((run) => run.name === name)?.state ?? "";
  const explain = async () => {
    const workloads = await plane.api.list("kueue.x-k8s.io/v1beta2", "workloads");
    return JSON.stringify([await spark.runs(), workloads.map(({ metadata, status }) => [metadata.name, status])]);
  };
  /** Lets the stand-in act until something holds. */
  const acting = (what: string, holds: () => Promise<boolean>) =>
    until(
      what,
      async () => {
        await spark.act();
        return holds();
      },
      { explain },
    );

  it("run twenty that come at once, each whole and by priority, and none is refused a pod", async () => {
    await submit("holds", { priority: "high", executors: 4 });
    await acting("the first has all executors", async () => (await state("holds")) === "RUNNING");
    const priorities = ["low", "normal", "high"] as const;
    const names = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const priority = priorities[index % 3] ?? "low";
        const name = `${priority}-${String(index)}`;
        await submit(name, { priority });
        return name;
      }),
    );
    await until("all wait", async () => {
      const workloads = await plane.api.list("kueue.x-k8s.io/v1beta2", "workloads");
      return workloads.length === 21;
    });
    assert.deepEqual(spark.started, ["holds"]);
    spark.end("holds", ...names);
    const most = { driver: 0, executor: 0, pending: 0 };
    await acting("all have run", async () => {
      const pods = await plane.api.list("v1", "pods");
      const count = (role: string) => pods.filter(({ metadata }) => metadata.name.includes(`-${role}`)).length;
      most.driver = Math.max(most.driver, count("driver"));
      most.executor = Math.max(most.executor, count("executor"));
      const runs = await spark.runs();
      return names.every((name) => runs.some((run) => run.name === name && run.state === "COMPLETED"));
    });
    assert.deepEqual(spark.refused, []);
    assert.equal(spark.started.length, 21, "each started once");
    assert.equal(most.executor, 4, "two jobs of two executors at a time");
    const ranks = spark.started.slice(1).map((name) => priorities.findIndex((each) => name.startsWith(each)));
    assert.deepEqual(
      ranks,
      ranks.toSorted((one, other) => other - one),
      spark.started.join(", "),
    );
  });

  it("never start a definition", async () => {
    const definitions = (await spark.runs()).filter(({ name }) => isDefinition(name));
    assert.equal(definitions.length, 3);
    assert.ok(definitions.every(({ suspended, state: of }) => suspended && of === ""));
  });

  it("hold nothing for a job that is larger than all queues, and let others pass where they may", async () => {
    await submit("giant", { queue: "adhoc", executors: 5, priority: "high" });
    await submit("small", { queue: "adhoc", executors: 1 });
    await acting("the small one runs", async () => (await state("small")) === "RUNNING");
    assert.deepEqual(spark.started, ["small"]);
    assert.deepEqual(
      (await spark.runs()).filter(({ name }) => name === "giant"),
      [{ name: "giant", suspended: true, state: "" }],
    );
  });

  it("lend what is idle, and take it back for its owner", async () => {
    // Of 4 drivers and executors one each is of `adhoc`.
    await submit("guest", { queue: "adhoc", executors: 4 });
    await acting("the guest has all executors", async () => (await state("guest")) === "RUNNING");
    await submit("owner", { executors: 3 });
    await acting("the owner has its own", async () => (await state("owner")) === "RUNNING");
    assert.deepEqual(
      (await spark.runs()).filter(({ name }) => name === "guest"),
      [{ name: "guest", suspended: true, state: "SUSPENDED" }],
    );
    spark.end("owner", "guest");
    await acting("the guest runs again afterwards", async () => (await state("guest")) === "COMPLETED");
    assert.deepEqual(spark.started, ["guest", "owner", "guest"]);
  });

  it("give the place of a job of low priority to one of high priority", async () => {
    await submit("maintenance", { priority: "low", executors: 4 });
    await acting("the low one runs", async () => (await state("maintenance")) === "RUNNING");
    await submit("urgent", { priority: "high", executors: 4 });
    await acting("the high one runs", async () => (await state("urgent")) === "RUNNING");
    assert.equal(await state("maintenance"), "SUSPENDED");
  });

  it("refuse a job that takes executors as it likes, by one line", async () => {
    const spec = definition.spec as object;
    const dynamic = {
      ...definition,
      metadata: { name: "dynamic", namespace: NAMESPACE, labels: { "kueue.x-k8s.io/queue-name": "batch" } },
      spec: { ...spec, dynamicAllocation: { enabled: true } },
    };
    await assert.rejects(plane.api.create(dynamic), /spec.dynamicAllocation.enabled.*ElasticJobsViaWorkloadSlices/);
  });

  it("leave jobs of other namespaces alone", async () => {
    const elsewhere = { ...definition, metadata: { name: "elsewhere", namespace: "default" } };
    await plane.api.create({ ...elsewhere, spec: { ...(definition.spec as object), suspend: false } });
    assert.equal(((await plane.api.get(elsewhere))?.spec as { suspend: boolean }).suspend, false);
    await plane.api.delete(elsewhere);
  });

  it("have every metric that alerts and panels name", async () => {
    await submit("counted", { executors: 1 });
    await acting("a job runs", async () => (await state("counted")) === "RUNNING");
    await submit("preempts", { executors: 4, priority: "high" });
    await acting("another has its place", async () => (await state("preempts")) === "RUNNING");
    // It serves its metrics in a network of its own.
    const join = process.getuid?.() === 0 ? ["--net"] : ["--user", "--preserve-credentials", "--net"];
    const { stdout } = await promisify(execFile)(
      "nsenter",
      [
        "-t",
        String(pid),
        ...join,
        "curl",
        "-sk",
        "-H",
        `Authorization: Bearer ${plane.api.access.token}`,
        "https://127.0.0.1:8443/metrics",
      ],
      { maxBuffer: 64 * 1024 * 1024 },
    );
    assert.deepEqual(notExposed(monitoring, [stdout]), []);
  });
});
