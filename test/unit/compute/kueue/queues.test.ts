import assert from "node:assert/strict";

import fc from "fast-check";
import { parse } from "yaml";

import { kueueValues } from "../../../../components/compute/kueue/operator.config";
import { kueuePods } from "../../../../components/compute/kueue/pods";
import {
  clusterQueue,
  flavor,
  jobLabels,
  shares,
  tolerations,
} from "../../../../components/compute/kueue/queues.config";
import { sparkPods } from "../../../../components/compute/spark/pods";
import { settings, testPlatform } from "../fixtures";

const queue = fc.stringMatching(/^[a-c]{1,3}$/);
const queues = fc
  .dictionary(queue, fc.record({ share: fc.integer({ min: 1, max: 9 }), passing: fc.boolean() }), { minKeys: 1 })
  .map((all) => ({ ...all }));

describe("shares of queues", () => {
  it("are whole pods, all of them, and a larger share never has fewer", () => {
    fc.assert(
      fc.property(fc.nat({ max: 50 }), queues, (total, all) => {
        const given = shares(total, all);
        const sum = [...given.values()].reduce((so, pods) => so + pods, 0);
        assert.equal(sum, total);
        const sorted = Object.entries(all).toSorted(([, one], [, other]) => other.share - one.share);
        for (const [index, [name]] of sorted.entries()) {
          const [next] = sorted[index + 1] ?? [];
          const pods = given.get(name) ?? 0;
          assert.ok(Number.isInteger(pods) && pods >= 0);
          if (next !== undefined) assert.ok(pods + 1 > (given.get(next) ?? 0), `${name} ${next}`);
        }
      }),
    );
  });

  it("are three of four and one of four for 3 to 1", () => {
    assert.deepEqual(
      [...shares(4, { batch: { share: 3, passing: false }, adhoc: { share: 1, passing: true } })],
      [
        ["batch", 3],
        ["adhoc", 1],
      ],
    );
  });
});

describe("queues of Spark's jobs", () => {
  const of = settings({
    driver: { replicas: 4, cpu: 0.75, memory: "4Gi" },
    executor: { replicas: 4, cpu: 1, memory: "8Gi" },
  });
  const roles = sparkPods(testPlatform(of), of.compute.spark);
  const all = { batch: { share: 3, passing: false }, adhoc: { share: 1, passing: true } };

  it("have what the roles' pods request, each role by itself", () => {
    const { resourceGroups, ...rest } = clusterQueue("batch", all, roles, "jobs") as {
      resourceGroups: [{ flavors: { name: string; resources: object[] }[] }];
    };
    assert.deepEqual(rest, {
      cohortName: "jobs",
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "jobs" } },
      queueingStrategy: "StrictFIFO",
      preemption: { withinClusterQueue: "LowerPriority", reclaimWithinCohort: "Any" },
      fairSharing: { weight: "3" },
    });
    assert.deepEqual(resourceGroups[0].flavors, [
      {
        name: "lakehouse-compute-spark-driver",
        resources: [
          { name: "cpu", nominalQuota: "2250m" },
          { name: "memory", nominalQuota: "12Gi" },
        ],
      },
      {
        name: "lakehouse-compute-spark-executor",
        resources: [
          { name: "cpu", nominalQuota: "3" },
          { name: "memory", nominalQuota: "24Gi" },
        ],
      },
    ]);
  });

  it("let small jobs pass large ones where the settings say so", () => {
    const { queueingStrategy } = clusterQueue("adhoc", all, roles, "jobs") as { queueingStrategy: string };
    assert.equal(queueingStrategy, "BestEffortFIFO");
  });

  it("tell roles apart by a taint that no node has", () => {
    const [driver, executor] = roles;
    assert.ok(driver && executor);
    const key = "lakehouse.dev/job-role";
    assert.deepEqual(flavor(driver), {
      nodeTaints: [{ key, value: "lakehouse-compute-spark-driver", effect: "NoSchedule" }],
    });
    assert.deepEqual(tolerations(executor), [
      { key, operator: "Equal", value: "lakehouse-compute-spark-executor", effect: "NoSchedule" },
    ]);
  });

  it("know a job by two labels", () => {
    assert.deepEqual(jobLabels({ queue: "adhoc", priority: "low" }), {
      "kueue.x-k8s.io/queue-name": "adhoc",
      "kueue.x-k8s.io/priority-class": "lakehouse-low",
    });
  });
});

describe("values of Kueue's chart", () => {
  const of = settings();
  const platform = testPlatform(of);
  const values = (size: object = {}) =>
    kueueValues(
      kueuePods(platform, { ...of.compute.kueue, operatorSize: { ...of.compute.kueue.operatorSize, ...size } }),
      "jobs",
    ) as { controllerManager: Record<string, unknown>; managerConfig: { controllerManagerConfigYaml: string } };

  it("have it queue Spark's jobs of one namespace, and nothing without a queue", () => {
    const { controllerManager, managerConfig } = values();
    const config = parse(managerConfig.controllerManagerConfigYaml) as Record<string, unknown>;
    assert.deepEqual(config.managedJobsNamespaceSelector, { matchLabels: { "kubernetes.io/metadata.name": "jobs" } });
    assert.equal(config.manageJobsWithoutQueueName, false);
    assert.deepEqual(config.integrations, { frameworks: ["sparkoperator.k8s.io/sparkapplication"] });
    assert.deepEqual(controllerManager.featureGates, [{ name: "SparkApplicationIntegration", enabled: true }]);
  });

  it("have a budget and a spread for several, and roll within the namespace's quota", () => {
    const one = values({ replicas: 1 }).controllerManager;
    assert.deepEqual(one.podDisruptionBudget, { enabled: false, minAvailable: 1 });
    const { controllerManager } = values({ replicas: 2 });
    assert.deepEqual(controllerManager.podDisruptionBudget, { enabled: true, minAvailable: 1 });
    assert.equal((controllerManager.topologySpreadConstraints as object[]).length, 1);
    assert.deepEqual(controllerManager.strategy, {
      type: "RollingUpdate",
      rollingUpdate: { maxSurge: 0, maxUnavailable: 1 },
    });
  });
});
