import assert from "node:assert/strict";

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
