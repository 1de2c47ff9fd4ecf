import assert from "node:assert/strict";

import type { Node } from "../../../components/core/node";
import { groupName, type PodGroup } from "../../../components/core/pod-group";
import { GiB } from "../../../components/core/quantity";
import { nodeLosses } from "../../../planner/loss";
import { pack } from "../../../planner/pack";
import { group, homelabGroups, homelabNodes, node, roomyNode } from "./fixtures";

/** Pending pods while a node is lost: `{ "k8s-1": { "trino-worker": "1 of 2" } }`. */
function losses(nodes: readonly Node[], groups: readonly PodGroup[]) {
  const { nodes: plans, unplaced } = pack(nodes, groups);
  assert.deepEqual(unplaced, []);
  return Object.fromEntries(
    nodeLosses(nodes, groups, plans).map(({ node: lost, waiting }) => [
      lost,
      Object.fromEntries(waiting.map((one) => [groupName(one), `${String(one.pods)} of ${String(one.of)}`])),
    ]),
  );
}

const serving = { priorityClass: "lakehouse-serving" };
const batch = { priorityClass: "lakehouse-batch" };

describe("a lost node", () => {
  it("stops the homelab's pods that are bound to it, and no SQL if the coordinator can move", () => {
    const bound = losses(homelabNodes, homelabGroups());
    assert.equal(bound["k8s-1"]?.["trino-coordinator"], "1 of 1");
    const groups = homelabGroups().map((one) =>
      one.role === "coordinator" ? { ...one, pools: ["control", "drivers"] } : one,
    );
    assert.deepEqual(losses(homelabNodes, groups), {
      "k8s-1": { "airflow": "1 of 1", "hive-metastore": "1 of 2" },
      "k8s-2": { "hive-metastore": "1 of 2", "spark-driver": "4 of 4", "trino-worker": "1 of 2" },
      "k8s-3": { "spark-executor": "4 of 4", "trino-worker": "1 of 2" },
    });
  });

  it("lets pods use the buffer of other nodes, which the plan keeps free", () => {
    // The plan uses 56 of 80 GiB.
    const pair = [node("a", "all"), node("b", "all")];
    assert.deepEqual(losses(pair, [group("x", 2, 40, ["all"], { spread: "apart" })]), { a: {}, b: {} });
    assert.deepEqual(losses(pair, [group("x", 2, 48, ["all"], { spread: "apart" })]), {
      a: { x: "1 of 2" },
      b: { x: "1 of 2" },
    });
  });

  it("lets its pods preempt less important ones, which are then pending", () => {
    const nodes = [roomyNode("a", "one", 10, 10), roomyNode("b", "two", 10, 10)];
    const groups = [
      group("sql", 1, 6, ["one", "two"], serving),
      group("job", 2, 4, ["two"], { ...batch, lifetime: "job" }),
    ];
    assert.deepEqual(losses(nodes, groups).a, { job: "1 of 2" });
    const equal = groups.map((one) => ({ ...one, ...serving }));
    assert.deepEqual(losses(nodes, equal).a, { sql: "1 of 1" });
  });

  it("never preempts existing pods of other systems", () => {
    const nodes = [roomyNode("a", "one", 10, 10), roomyNode("b", "two", 10, 10)];
    const groups = [
      group("sql", 1, 6, ["one", "two"], serving),
      group("theirs", 2, 4, ["two"], { origin: "existing" }),
    ];
    assert.deepEqual(losses(nodes, groups).a, { sql: "1 of 1" });
  });

  it("keeps the pods whose volumes are on its own disks", () => {
    const disks = { fast: 100 * GiB };
    const nodes = [roomyNode("a", "all", 10, 10), roomyNode("b", "all", 10, 10)].map((one) => ({ ...one, disks }));
    const stored = (storageClass: string) =>
      group("db", 2, 2, ["all"], { spread: "apart", volumes: [{ name: "data", size: GiB, storageClass }] });
    assert.deepEqual(losses(nodes, [stored("fast")]), { a: { db: "1 of 2" }, b: { db: "1 of 2" } });
    assert.deepEqual(losses(nodes, [stored("ceph")]), { a: {}, b: {} });
  });

  it("does not affect tasks that run once", () => {
    const nodes = [roomyNode("a", "all", 10, 10), roomyNode("b", "other", 10, 10)];
    assert.deepEqual(losses(nodes, [group("schema", 1, 2, ["all"], { lifetime: "once" })]), { a: {}, b: {} });
  });

  it("is computed once for equal nodes, so that a thousand of them are fast", () => {
    const nodes = Array.from({ length: 1000 }, (_, index) => roomyNode(`n${String(index)}`, "all", 10, 10));
    const groups = [group("x", 1000, 6, ["all"], { spread: "one-per-node" })];
    const { nodes: plans } = pack(nodes, groups);
    const started = process.cpuUsage();
    const all = nodeLosses(nodes, groups, plans);
    assert.ok(process.cpuUsage(started).user < 20_000_000);
    assert.equal(all.length, 1000);
    assert.deepEqual(all[999]?.waiting, [{ service: "x", role: "", pods: 1, of: 1000 }]);
  });
});
