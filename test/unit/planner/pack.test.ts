import assert from "node:assert/strict";
import { GiB } from "../../../components/core/quantity";
import { groupName } from "../../../components/core/pod-group";
import { pack, type Packing } from "../../../planner/pack";
import { buffered, group, homelabGroups, homelabNodes, node, roomyNode } from "./fixtures";

/** `{ "k8s-1": "trino-coordinator airflow" }` */
function seating(packing: Packing): Record<string, string> {
  return Object.fromEntries(packing.nodes.map((of) => [of.name, of.pods.map(groupName).join(" ")]));
}

describe("packing the homelab", () => {
  const packing = pack(homelabNodes, homelabGroups());

  it("places every pod on the table's node", () => {
    assert.deepEqual(packing.unplaced, []);
    assert.deepEqual(seating(packing), {
      "k8s-1": "airflow trino-coordinator hive-metastore postgres spark-operator",
      "k8s-2": "trino-worker hive-metastore postgres spark-driver spark-driver spark-driver spark-driver",
      "k8s-3": "trino-worker spark-executor spark-executor spark-executor spark-executor",
    });
  });

  it("fills k8s-3 exactly: 56 of 56 GiB", () => {
    const { memory } = packing.nodes[2]!;
    assert.deepEqual(memory, { capacity: 96 * GiB, system: 16 * GiB, requested: 56 * GiB, limit: 56 * GiB });
  });

  it("adds fractions of a core without drift", () => {
    assert.deepEqual(packing.nodes[0]!.cpu, { capacity: 16, system: 2, requested: 6.25, limit: 9.8 });
  });

  it("marks pods of existing systems", () => {
    const marked = packing.nodes.flatMap((of) => of.pods).filter((pod) => pod.existing);
    assert.deepEqual(marked, [{ service: "airflow", role: "", cpu: 2, memory: 8 * GiB, existing: true }]);
  });

  it("reports one executor too many, and the memory with which all would fit", () => {
    const { unplaced, proven } = pack(homelabNodes, homelabGroups({ executors: 5 }));
    assert.equal(proven, true);
    assert.deepEqual(unplaced, [
      {
        service: "trino",
        role: "worker",
        cpu: 4,
        memory: 24 * GiB,
        reason:
          "no node of pools drivers, executors has 24 GiB free: k8s-3 misses 8 GiB (16 of 56 GiB left), " +
          "k8s-2 already runs one",
        shortage: "memory",
        misses: { node: "k8s-3", amount: 8 * GiB },
        needs: { node: "k8s-3", memory: 108 * GiB, cpu: 16 },
      },
    ]);
  });

  it("names the pods that do not fit beside larger Trino workers", () => {
    const { unplaced } = pack(homelabNodes, homelabGroups({ workerGib: 40 }));
    assert.deepEqual(unplaced.map(groupName), ["trino-worker", "hive-metastore"]);
    assert.equal(
      unplaced[0]!.reason,
      "no node of pools drivers, executors has 40 GiB free: k8s-3 misses 16 GiB (24 of 56 GiB left), " +
        "k8s-2 already runs one",
    );
  });
});

describe("pack", () => {
  it("places no group without pools on a tainted node", () => {
    const nodes = [node("a", "x", { taint: "PreferNoSchedule" }), node("b", "y", { taint: "NoSchedule" })];
    const { unplaced } = pack(nodes, [group("api", 1, 1, [])]);
    assert.deepEqual(
      unplaced.map((pod) => [pod.reason, pod.shortage]),
      [["there is no node without a taint", "pool"]],
    );
  });

  it("reports a pool without a node", () => {
    const { unplaced } = pack([node("a", "x")], [group("api", 1, 1, ["query"])]);
    assert.equal(unplaced[0]!.reason, "there is no node of pool query");
  });

  it("needs as many nodes as replicas for one-per-node, for any size of nodes", () => {
    const { unplaced } = pack([node("a", "x")], [group("kafka/broker", 3, 1, ["x"], { spread: "one-per-node" })]);
    assert.deepEqual(
      unplaced.map((pod) => pod.shortage),
      ["spread", "spread"],
    );
    assert.equal(
      unplaced[0]!.reason,
      "one per node: 3 replicas of kafka-broker need as many nodes, and there is 1 node of pool x",
    );
    assert.equal(unplaced[0]!.needs, undefined);
  });

  it("distinguishes a shortage of cores from one of memory", () => {
    const { unplaced } = pack([node("a", "x")], [group("flink/taskmanager", 1, 1, ["x"], { cpu: 12 })]);
    assert.equal(
      unplaced[0]!.reason,
      "no node of pool x has 12 cores free together with 1 GiB: a misses 2.2 cores (9.8 of 9.8 cores left)",
    );
    assert.deepEqual([unplaced[0]!.shortage, unplaced[0]!.needs], ["cpu", { node: "a", memory: 96 * GiB, cpu: 20 }]);
  });

  it("counts volumes on the nodes' disks, and those of no other class", () => {
    const nodes = [1, 2].map((gib) => ({ ...roomyNode(`n${String(gib)}`, "x", 9, 9), disks: { local: gib * GiB } }));
    const claims = (gib: number, storageClass?: string) => ({
      volumes: [{ name: "data", size: gib * GiB, ...(storageClass === undefined ? {} : { storageClass }) }],
    });
    const packing = pack(nodes, [
      group("kafka", 2, 1, ["x"], claims(2, "local")),
      group("postgres", 1, 1, ["x"], claims(1, "local")),
      group("far", 1, 1, ["x"], claims(99, "ceph")),
    ]);
    assert.deepEqual(seating(packing), { n1: "far postgres", n2: "kafka" });
    assert.deepEqual(
      packing.unplaced.map(({ reason, shortage, misses, needs }) => ({ reason, shortage, misses, needs })),
      [
        {
          reason:
            "no node of pool x has disk for the volumes of one pod: n1 misses 2 GiB of local (0 of 1 GiB left), " +
            "n2 misses 2 GiB of local (0 of 2 GiB left)",
          shortage: "volume",
          misses: { node: "n1", amount: 2 * GiB },
          needs: { node: "n1", cpu: 9, memory: 9 * GiB, disks: { local: 3 * GiB } },
        },
      ],
    );
  });

  it("counts a pod's own directories where a node states its disk for them", () => {
    const nodes = [{ ...roomyNode("a", "x", 9, 9), disks: { "ephemeral-storage": 3 * GiB } }];
    const spilling = group("trino", 2, 1, ["x"], { scratch: { "/tmp": GiB, "/spill": GiB } });
    assert.deepEqual(
      pack(nodes, [spilling]).unplaced.map(({ shortage, misses }) => [shortage, misses?.amount]),
      [["volume", GiB]],
    );
  });

  it("tells equal nodes together", () => {
    const nodes = [1, 2, 3, 4].map((at) => roomyNode(`query-${String(at)}`, "x", at === 4 ? 3 : 2, 9));
    const { unplaced } = pack(nodes, [group("trino", 1, 4, ["x"])]);
    assert.equal(
      unplaced[0]!.reason,
      "no node of pool x has 4 GiB free: query-4 misses 1 GiB (3 of 3 GiB left), query-1…3 misses 2 GiB (2 of 2 GiB left)",
    );
  });

  it("spreads pods if possible", () => {
    const nodes = [roomyNode("a", "x", 9, 9), roomyNode("b", "x", 9, 9)];
    assert.deepEqual(seating(pack(nodes, [group("pg", 2, 1, [], { spread: "apart" })])), { a: "pg", b: "pg" });
    assert.deepEqual(seating(pack(nodes.slice(1), [group("pg", 2, 1, [], { spread: "apart" })])), { b: "pg pg" });
  });

  it("prefers the pool that a group names first, then the emptier node", () => {
    const nodes = [roomyNode("a", "x", 8, 9), roomyNode("b", "y", 8, 9), roomyNode("c", "y", 8, 9)];
    assert.deepEqual(seating(pack(nodes, [group("api", 3, 3, ["y", "x"])])), { a: "", b: "api api", c: "api" });
  });

  it("finds a placement that one pass in order of size misses", () => {
    // 6+4+4 and 5+5+4 fill both nodes; the biggest first, balanced, puts 6+5 on one of them and strands a 4.
    const nodes = [roomyNode("a", "x", 14, 9), roomyNode("b", "x", 14, 9)].map(buffered);
    const packing = pack(nodes, [group("l", 1, 6, []), group("m", 2, 5, []), group("s", 3, 4, [])]);
    assert.deepEqual(packing.unplaced, []);
  });

  it("moves a flexible pod for one that fits a single node only", () => {
    const nodes = [roomyNode("a", "x", 8, 2), roomyNode("b", "y", 8, 9)].map(buffered);
    const packing = pack(nodes, [group("big", 1, 6, ["x", "y"]), group("cpu", 1, 4, ["x"], { cpu: 2 })]);
    assert.deepEqual(seating(packing), { a: "cpu", b: "big" });
  });

  it("sorts k8s-2 before k8s-10", () => {
    const nodes = [node("k8s-10", "x"), node("k8s-2", "x")];
    assert.deepEqual(
      pack(nodes, []).nodes.map((of) => of.name),
      ["k8s-2", "k8s-10"],
    );
  });

  it("reports every pod of a cluster without nodes", () => {
    assert.equal(pack([], homelabGroups()).unplaced.length, 17);
  });
});

describe("a task that runs once", () => {
  const task = (gib: number, pools: string[] = ["control"]) => group("schema", 1, gib, pools, { lifetime: "once" });

  it("does not count as load of a node", () => {
    const full = [group("airflow", 1, 56, ["control"])];
    const alone = pack(homelabNodes, full);
    const beside = pack(homelabNodes, [...full, task(20)]);
    assert.deepEqual(beside, alone);
  });

  it("is refused if not even the buffer has room for it", () => {
    // 80 of 96 GiB are not reserved for the system, and 56 of them are used.
    const { unplaced } = pack(homelabNodes, [group("airflow", 1, 56, ["control"]), task(25)]);
    assert.deepEqual(
      unplaced.map(({ service, reason }) => [service, reason]),
      [
        [
          "schema",
          "this task runs once and may use the buffer, but no node has 25 GiB and 0.5 cores left beside its other pods",
        ],
      ],
    );
    assert.equal(pack(homelabNodes, [task(1, ["gpu"])]).unplaced[0]?.reason, "no node may run this task");
  });
});
