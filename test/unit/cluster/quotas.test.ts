import assert from "node:assert/strict";

import fc from "fast-check";

import { type Quota, quotas, REST } from "../../../components/cluster/quotas";
import type { Node } from "../../../components/core/node";
import type { PodGroup } from "../../../components/core/pod-group";
import { GiB, parseBytes } from "../../../components/core/quantity";

const NAMESPACE = "lakehouse-query";
const driver: PodGroup = {
  service: "spark",
  role: "driver",
  namespace: NAMESPACE,
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
const executor: PodGroup = {
  ...driver,
  role: "executor",
  requests: { cpu: 1, memory: 8 * GiB },
  limits: { cpu: 2, memory: 8 * GiB },
  priorityClass: "spark-executor",
};
const server = (replicas: number, gibibytes: number, surge = 1): PodGroup => ({
  ...driver,
  service: "trino",
  role: "worker",
  replicas,
  requests: { cpu: 4, memory: gibibytes * GiB },
  limits: { cpu: 8, memory: gibibytes * GiB },
  pools: ["drivers", "executors"],
  lifetime: "always",
  surge,
  priorityClass: "lakehouse-serving",
});
const node = (name: string, pool: string): Node => ({
  name,
  pool,
  capacity: { cpu: 16, memory: 96 * GiB },
  system: { cpu: 2, memory: 16 * GiB },
  limit: { cpu: 9.8, memory: 56 * GiB },
});
const NODES = [node("k8s-1", "control"), node("k8s-2", "drivers"), node("k8s-3", "executors")];

const of = (groups: readonly PodGroup[], name: string): Quota["hard"] => {
  const found = quotas(groups, [NAMESPACE], NODES).find((quota) => quota.name === name);
  assert.ok(found, name);
  return found.hard;
};

describe("quotas", () => {
  it("are separate for each priority class, so that drivers never take the executors' room", () => {
    assert.deepEqual(of([driver, executor], "spark-driver"), {
      "requests.cpu": "3",
      "requests.memory": "16Gi",
      "limits.cpu": "6",
      "limits.memory": "16Gi",
      "pods": "4",
    });
    assert.deepEqual(of([driver, executor], "spark-executor")["requests.memory"], "32Gi");
  });

  it("have room for all running pods and the additions of a roll, and not one pod more", () => {
    assert.equal(of([server(2, 24), server(1, 8)], "lakehouse-serving").pods, "5");
    // Two nodes of 56 GiB, and the pod that a roll adds.
    assert.equal(of([server(2, 24)], "lakehouse-serving")["requests.memory"], "136Gi");
  });

  it("are larger than the nodes if a roll needs more", () => {
    assert.equal(of([server(2, 100)], "lakehouse-serving")["requests.memory"], "300Gi");
  });

  it("admit no pod of another class or without a class", () => {
    const rest = quotas([driver, executor], [NAMESPACE, "lakehouse-operators"], NODES).filter(
      ({ name }) => name === REST,
    );
    assert.deepEqual(
      rest.map(({ namespace, scope, hard }) => [namespace, scope, hard]),
      [
        [NAMESPACE, { operator: "NotIn", values: ["spark-driver", "spark-executor"] }, { pods: "0" }],
        ["lakehouse-operators", undefined, { pods: "0" }],
      ],
    );
  });

  it("leave out existing systems and unmanaged namespaces", () => {
    const all = quotas(
      [
        { ...driver, origin: "existing" },
        { ...driver, namespace: "cnpg-system" },
      ],
      [NAMESPACE],
      NODES,
    );
    assert.deepEqual(
      all.map(({ name }) => name),
      [REST],
    );
  });

  it("admit every state of a roll between two sizes that both fit the nodes, with the old and the new quota", () => {
    const size = fc.integer({ min: 1, max: 56 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), size, size, fc.boolean(), (replicas, before, after, surging) => {
        fc.pre(replicas * Math.max(before, after) <= 2 * 56);
        for (const inForce of [before, after]) {
          const memory = parseBytes(of([server(replicas, inForce)], "lakehouse-serving")["requests.memory"] ?? "");
          assert.ok(memory !== undefined);
          for (let rolled = 0; rolled < replicas; rolled++) {
            // State at the request of the next new pod: with one more pod, or with one removed first.
            const old = replicas - rolled - (surging ? 0 : 1);
            const asked = (old * before + (rolled + 1) * after) * GiB;
            assert.ok(
              asked <= memory,
              `${String(asked / GiB)} of ${String(memory / GiB)} Gi, rolled ${String(rolled)}`,
            );
          }
        }
      }),
    );
  });
});
