import assert from "node:assert/strict";

import { GiB } from "../../../components/core/quantity";
import { readCluster, type KubeObject } from "../../../fitting/cluster";
import { entries, machines, reserve } from "../../../fitting/machine";
import { aCluster, aNode, aPod } from "./kube";

describe("a cluster that is there", () => {
  const cluster = readCluster(aCluster);

  it("has its nodes with what the kubelet keeps, or what is usual, and what runs there", () => {
    assert.deepEqual(
      cluster.machines.map(({ name, cpu, memory, system }) => [
        name,
        cpu,
        memory / GiB,
        system.cpu,
        system.memory / GiB,
      ]),
      [
        // 7.5 GiB and a core are usual; Ceph 6 GiB and 2 cores, Airflow 2 GiB and half a core are there.
        ["k8s-1", 16, 96, 3.5, 15.5],
        ["k8s-2", 16, 96, 1, 7.5],
        // The kubelet keeps 10 GiB.
        ["k8s-3", 16, 96, 1.2, 10.25],
      ],
    );
  });

  it("keeps a node's own taints, and not those of its state", () => {
    assert.deepEqual(cluster.machines[1]?.taints, [
      { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" },
    ]);
    assert.equal(cluster.machines[0]?.taints, undefined);
  });

  it("has what a stack uses and does not deploy", () => {
    assert.deepEqual(cluster.found, {
      cluster: { kubernetes: "1.35", storageClass: "ceph-block" },
      storage: { postgres: { operator: "existing", operatorNamespace: "cnpg-system" } },
      orchestration: {
        airflow: { mode: "existing", namespace: "airflow", occupies: { replicas: 1, cpu: 0.001, memory: "1Mi" } },
      },
      observability: { mode: "existing", namespace: "monitoring" },
    });
    assert.deepEqual(cluster.objects, { kind: "ceph", namespace: "rook-ceph", store: "lakehouse" });
  });

  it("says what takes room, without pods that have ended and those of a lakehouse", () => {
    assert.deepEqual(cluster.occupied, ["rook-ceph 6Gi", "airflow 2Gi", "monitoring 256Mi"]);
  });

  it("understands every form of a quantity", () => {
    const node = aNode("n", { memory: "17179869184", allocatable: "16G" });
    const pod = aPod("x", "n", "1500m", "1073741824000m");
    const [machine] = readCluster([node, pod]).machines;
    // 16 GiB are usual with 2.75; a pod of 1 GB.
    assert.deepEqual([machine?.memory, machine?.system.memory], [16 * GiB, 3.75 * GiB]);
    assert.equal(machine?.system.cpu, 2.5);
  });

  it("is empty where nothing is", () => {
    const nothing: KubeObject[] = [];
    assert.deepEqual(readCluster(nothing), { machines: [], found: { cluster: {} }, occupied: [] });
  });
});

describe("machines", () => {
  it("keep as much for the system as GKE does", () => {
    const kept = (gib: number) => reserve({ cpu: 4, memory: gib * GiB }).memory / GiB;
    assert.deepEqual([8, 16, 32, 64, 96, 256].map(kept), [2, 2.75, 3.75, 5.5, 7.5, 12]);
  });

  it("are one entry where only their numbers differ", () => {
    const size = { cpu: 4, memory: 16 * GiB };
    const short = (all: ReturnType<typeof entries>) => all.map(({ name, count }) => [name, count]);
    assert.deepEqual(short(entries(machines("node", 3, size))), [["node", 3]]);
    assert.deepEqual(short(entries(machines("node", 1, size))), [["node-1", undefined]]);
    const [one, two, three] = machines("k8s", 3, size);
    assert.deepEqual(short(entries([two!, three!])), [
      ["k8s-2", undefined],
      ["k8s-3", undefined],
    ]);
    assert.deepEqual(short(entries([one!, { ...two!, cpu: 8 }, three!])), [
      ["k8s-1", undefined],
      ["k8s-2", undefined],
      ["k8s-3", undefined],
    ]);
  });
});
