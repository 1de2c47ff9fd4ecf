import assert from "node:assert/strict";

import { quotas } from "../../../components/cluster/capacity";
import type { PodGroup } from "../../../components/core/pod-group";
import { nodeLimit } from "../../../components/core/node";
import { placement } from "../../../components/core/placement";
import { GiB } from "../../../components/core/quantity";

const group: PodGroup = {
  service: "spark",
  role: "driver",
  namespace: "lakehouse-compute",
  replicas: 4,
  requests: { cpu: 0.75, memory: 4 * GiB },
  limits: { cpu: 1.5, memory: 4 * GiB },
  volumes: [],
  pools: ["drivers"],
  spread: "any",
  lifetime: "elastic",
  origin: "deployed",
  priorityClass: "spark-driver",
};

describe("a node's limit", () => {
  it("is 56 of 80 GiB on the homelab's nodes", () => {
    assert.deepEqual(nodeLimit({ cpu: 16, memory: 96 * GiB }, { cpu: 2, memory: 16 * GiB }), {
      cpu: 9.8,
      memory: 56 * GiB,
    });
  });
});

describe("quotas", () => {
  it("are one for each priority class, so that drivers never take the executors' room", () => {
    const executors = {
      ...group,
      role: "executor",
      requests: { cpu: 1, memory: 8 * GiB },
      limits: { cpu: 2, memory: 8 * GiB },
      priorityClass: "spark-executor",
    };
    assert.deepEqual(
      quotas([group, executors]).map(({ name, hard }) => [
        name,
        hard["requests.memory"],
        hard["requests.cpu"],
        hard.pods,
      ]),
      [
        ["spark-driver", "16Gi", "3", "4"],
        ["spark-executor", "32Gi", "4", "4"],
      ],
    );
  });

  it("leave out what is not ours", () => {
    assert.deepEqual(quotas([{ ...group, origin: "existing" }]), []);
  });
});

describe("placement", () => {
  it("requires the pools, prefers the first, and tolerates their taints", () => {
    const { affinity, tolerations } = placement({ ...group, pools: ["control", "drivers"], spread: "one-per-node" });
    assert.deepEqual(affinity.nodeAffinity, {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: "lakehouse.dev/pool", operator: "In", values: ["control", "drivers"] }] },
        ],
      },
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          preference: { matchExpressions: [{ key: "lakehouse.dev/pool", operator: "In", values: ["control"] }] },
        },
      ],
    });
    assert.deepEqual(tolerations, [
      { key: "lakehouse.dev/pool", operator: "Equal", value: "control" },
      { key: "lakehouse.dev/pool", operator: "Equal", value: "drivers" },
    ]);
    assert.ok(affinity.podAntiAffinity);
  });
});
