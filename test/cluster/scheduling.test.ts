import assert from "node:assert/strict";

import { POOL_LABEL } from "../../components/core/labels";
import { groupName } from "../../components/core/pod-group";
import type { Plan } from "../../planner/plan";
import type { Api, KubernetesObject } from "../../sandbox/control-plane/api";
import type { ControlPlane, ControlPlaneOptions } from "../../sandbox/control-plane/control-plane";
import { deploy, deployStandIns } from "../../sandbox/control-plane/deploy";
import { type NodeOptions, simulatedNode } from "../../sandbox/control-plane/nodes";
import { PENDING, placed, planned, pods, type Pod, settled } from "../../sandbox/control-plane/pods";
import type { Stack } from "../../sandbox/control-plane/stack";
import { until } from "../../sandbox/core/until";
import { amount } from "./amounts";
import { edited, stack, started } from "./stacks";

/** A control plane with a stack whose pods all run or are refused; pods of jobs keep running. */
async function withStack(
  test: Mocha.Context,
  on: Stack,
  nodes: NodeOptions = {},
  refused = 0,
): Promise<{ readonly plane: ControlPlane; readonly found: readonly Pod[] }> {
  const options: ControlPlaneOptions = { nodes: on.nodes.map((node) => simulatedNode(node, nodes)), jobs: "hold" };
  const plane = await started(test, options);
  await deploy(plane.api, on);
  await deployStandIns(plane.api, on);
  return { plane, found: await settled(plane.api, on.groups, refused) };
}

const cordon = (api: Api, name: string, unschedulable: boolean) =>
  api.patch({ apiVersion: "v1", kind: "Node", metadata: { name } }, { spec: { unschedulable } });

/** Evicts a pod as a drain does; a disruption budget may refuse it. */
async function evict(api: Api, { namespace, name }: Pod): Promise<number> {
  const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { namespace, name } };
  return (await api.call("POST", `/api/v1/namespaces/${namespace}/pods/${name}/eviction`, body)).status;
}

const of = (all: readonly Pod[], group: string) => all.filter((pod) => pod.group === group);

describe("homelab on the real scheduler", function () {
  let plane: ControlPlane;
  let homelab: Stack;
  let found: readonly Pod[];

  before(async function () {
    homelab = await stack("homelab");
    ({ plane, found } = await withStack(this, homelab));
  });
  after(async () => {
    await (plane as ControlPlane | undefined)?.end();
  });

  it("runs every pod on the node of the plan's table", () => {
    assert.deepEqual(placed(found), planned(homelab.plan));
  });

  it("has stand-ins only for pods that no controller of Kubernetes makes", () => {
    const made = new Set(found.filter(({ standIn }) => !standIn).map(({ group }) => group));
    const stoodFor = new Set(found.filter(({ standIn }) => standIn).map(({ group }) => group));
    assert.deepEqual([...made].sort(), [
      "hive-metastore-server",
      "libraries-server",
      // Made from its CronJob's template. Tasks that run once do not count as load of a node.
      "metastore-tasks-backup",
      "trino-coordinator",
      "trino-worker",
    ]);
    assert.deepEqual([...stoodFor].sort(), [
      "airflow",
      "postgres-server",
      "spark-driver",
      "spark-executor",
      "spark-operator-controller",
      "spark-operator-webhook",
    ]);
  });

  it("gives every pod exactly the resources that its group declares", () => {
    for (const group of homelab.groups) {
      for (const { object } of of(found, groupName(group))) {
        assert.deepEqual(
          requests(object),
          { cpu: group.requests.cpu, memory: group.requests.memory },
          groupName(group),
        );
      }
    }
  });

  it("refuses to evict a second Trino worker while the first has no other node", async () => {
    const { api } = plane;
    for (const { name } of homelab.nodes) await cordon(api, name, true);
    const [first, second] = of(await pods(api), "trino-worker");
    assert.ok(first && second);
    assert.equal(await evict(api, first), 201);
    await until("the first is replaced by one that waits", async () =>
      of(await pods(api), "trino-worker").some(({ node, why }) => node === undefined && why !== undefined),
    );
    assert.equal(await evict(api, second), 429);
    for (const { name } of homelab.nodes) await cordon(api, name, false);
    assert.deepEqual(placed(await settled(api, homelab.groups)), planned(homelab.plan));
  });

  it("moves pods that may move when a node is removed, and reports of the others that their pool is gone", async () => {
    const { api } = plane;
    const lost = "k8s-2";
    await cordon(api, lost, true);
    await until("its pods are evicted", async () => {
      const there = (await pods(api)).filter(({ node }) => node === lost);
      for (const pod of there) assert.ok([201, 404, 429].includes(await evict(api, pod)), pod.name);
      return there.length === 0;
    });
    await api.delete({ apiVersion: "v1", kind: "Node", metadata: { name: lost } });
    const moved = placed(await settled(api, homelab.groups, 7));
    assert.deepEqual(moved[PENDING], {
      // Only one may run on a node, and each remaining node has one.
      "hive-metastore-server": 1,
      "postgres-server": 1,
      "spark-driver": 4,
      "trino-worker": 1,
    });
    assert.deepEqual(waiting(homelab.plan, lost), moved[PENDING]);
    // The plan says the same for a full node.
    const smaller = await edited("homelab", "nodes", "1.memory", "18Gi");
    assert.deepEqual(planned(smaller.plan)[PENDING], moved[PENDING]);
    assert.equal(smaller.plan.verdict, "does-not-fit");
  });

  it("moves pods that have another node", async () => {
    const { api } = plane;
    const on = (name: string) => async () =>
      (await pods(api)).some(({ group, node }) => group === "spark-operator-webhook" && node === name);
    assert.ok(await on("k8s-1")());
    // After the node is back, the pools of the operator's webhook are control and, if that is full, drivers.
    const node = homelab.nodes.find(({ name }) => name === "k8s-2");
    assert.ok(node);
    await api.create(simulatedNode(node));
    await settled(api, homelab.groups);
    await cordon(api, "k8s-1", true);
    const [webhook] = of(await pods(api), "spark-operator-webhook");
    assert.ok(webhook);
    assert.equal(await evict(api, webhook), 201);
    await until("it runs on the pool that it falls back to", on("k8s-2"));
  });

  it("still runs SQL on k8s-2 while k8s-1 is lost, and lacks exactly the pods of the plan", async () => {
    const { api } = plane;
    const lost = "k8s-1";
    await until("its pods are evicted", async () => {
      const there = (await pods(api)).filter(({ node }) => node === lost);
      for (const pod of there) assert.ok([201, 404, 429].includes(await evict(api, pod)), pod.name);
      return there.length === 0;
    });
    await api.delete({ apiVersion: "v1", kind: "Node", metadata: { name: lost } });
    const lacking = waiting(homelab.plan, lost);
    const count = Object.values(lacking).reduce((sum, pods) => sum + pods, 0);
    const moved = placed(await settled(api, homelab.groups, count));
    assert.deepEqual(moved[PENDING], lacking);
    assert.equal(moved["k8s-2"]?.["trino-coordinator"], 1);
  });
});

describe("a stack that is one step too large", () => {
  let plane: ControlPlane;
  afterEach(async () => {
    await (plane as ControlPlane | undefined)?.end();
  });

  it("leaves exactly the pod pending that its plan names", async function () {
    // The plan uses at most 56 GiB of k8s-1.
    const larger = await edited("homelab", "query", "trino.coordinator.memory", "57Gi");
    assert.equal(larger.plan.verdict, "does-not-fit");
    const result = await withStack(this, larger, { allocatable: "limit" }, 1);
    ({ plane } = result);
    assert.deepEqual(placed(result.found), planned(larger.plan));
    assert.deepEqual(placed(result.found)[PENDING], { "trino-coordinator": 1 });
    assert.match(of(result.found, "trino-coordinator")[0]?.why ?? "", /Insufficient memory/);
  });

  it("leaves one pod pending when two kinds compete: the larger in the plan, the smaller on the scheduler", async function () {
    // A Trino worker of 24 GiB and 4 executors of 9 GiB are 60 GiB on k8s-3.
    const larger = await edited("homelab", "compute", "spark.executor.memory", "9Gi");
    assert.equal(larger.plan.verdict, "does-not-fit");
    assert.equal(larger.plan.unplaced.length, 1);
    const result = await withStack(this, larger, { allocatable: "limit" }, 1);
    ({ plane } = result);
    assert.deepEqual(placed(result.found)[PENDING], { "spark-executor": 1 });
  });
});

describe("prod on the real scheduler", () => {
  let plane: ControlPlane;
  afterEach(async () => {
    await (plane as ControlPlane | undefined)?.end();
  });

  // Nodes as they are, as random stacks have them: the buffer is there for pods that come in another order than the plan's.
  it("runs every pod in its pool", async function () {
    const prod = await stack("prod");
    const result = await withStack(this, prod);
    ({ plane } = result);
    const pools = new Map(prod.nodes.map(({ name, pool }) => [name, pool]));
    const byGroup = (all: readonly (readonly [string, string])[]) => {
      const count: Record<string, number> = {};
      for (const [group, pool] of all) count[`${group} on ${pool}`] = (count[`${group} on ${pool}`] ?? 0) + 1;
      return Object.fromEntries(Object.entries(count).toSorted());
    };
    const real = result.found.map(({ group, node }): [string, string] => [group, pools.get(node ?? "") ?? PENDING]);
    const inPlan = prod.plan.nodes.flatMap(({ pool, pods: on }) =>
      on.map((pod): [string, string] => [groupName(pod), pool]),
    );
    assert.deepEqual(byGroup(real), byGroup(inPlan));
    for (const { metadata } of await plane.api.list("v1", "nodes")) {
      assert.equal(metadata.labels?.[POOL_LABEL], pools.get(metadata.name));
    }
  });
});

/** Pods that the plan expects to be pending while a node is lost, by group. */
function waiting({ losses = [] }: Plan, lost: string): Record<string, number> {
  const found = losses.find(({ node }) => node === lost)?.waiting ?? [];
  return Object.fromEntries(found.map((one) => [groupName(one), one.pods]));
}

/** Requests of a pod as the scheduler counts them: the sum of its containers and its sidecar init containers. */
function requests({ spec }: KubernetesObject): { readonly cpu: number; readonly memory: number } {
  interface Container {
    readonly resources: { readonly requests: { readonly cpu: string; readonly memory: string } };
    readonly restartPolicy?: string;
  }
  const { containers, initContainers = [] } = spec as {
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
  };
  const all = [...containers, ...initContainers.filter(({ restartPolicy }) => restartPolicy === "Always")];
  const sum = (name: "cpu" | "memory") => all.reduce((total, one) => total + amount(one.resources.requests[name]), 0);
  return { cpu: sum("cpu"), memory: sum("memory") };
}
