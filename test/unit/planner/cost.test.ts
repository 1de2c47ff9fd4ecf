import assert from "node:assert/strict";
import { cost } from "../../../planner/cost";
import { group, homelabGroups } from "./fixtures";

describe("cost", () => {
  it("charges the homelab for its deployed systems, with the maximum of elastic pods", () => {
    assert.deepEqual(cost(homelabGroups(), { objectStorageTb: 20 }), {
      currency: "USD",
      book: "founding",
      monthly: 1008,
      lines: [
        { line: "Object storage", monthly: 8, units: 20, unit: "TB", each: 0.4 },
        { line: "Spark", monthly: 200, units: 4, unit: "executor", each: 50 },
        { line: "Trino", monthly: 800, units: 2, unit: "worker", each: 400 },
      ],
    });
  });

  it("does not charge for an existing Airflow", () => {
    const airflow = group("airflow", 3, 8, []);
    assert.equal(cost([airflow], { objectStorageTb: 0 }).monthly, 200);
    assert.equal(cost([{ ...airflow, origin: "existing" }], { objectStorageTb: 0 }).monthly, 0);
  });

  it("charges a service once for all its roles, and again in another namespace", () => {
    const redis = [group("redis/primary", 1, 1, []), group("redis/replica", 2, 1, [])];
    const other = redis.map((of) => ({ ...of, namespace: "other" }));
    assert.equal(cost(redis, { objectStorageTb: 0 }).monthly, 100);
    assert.equal(cost([...redis, ...other], { objectStorageTb: 0 }).monthly, 200);
  });

  it("is rounded to cents", () => {
    assert.equal(cost([], { objectStorageTb: 0.3 }).monthly, 0.12);
  });

  it("does not depend on the order of the groups", () => {
    const groups = homelabGroups();
    assert.deepEqual(cost(groups.toReversed(), { objectStorageTb: 1 }), cost(groups, { objectStorageTb: 1 }));
  });

  const tiers: readonly {
    readonly tier: string;
    readonly tb: number;
    readonly machines: number;
    readonly pods: Readonly<Record<string, number>>;
    readonly total: number;
  }[] = [
    {
      tier: "minimal",
      tb: 1_000,
      machines: 3_000,
      pods: { "kafka/broker": 3, "spark/executor": 10, "trino/worker": 3, "prometheus": 1, "opensearch": 1 },
      total: 6_200,
    },
    {
      tier: "medium",
      tb: 5_000,
      machines: 8_000,
      pods: {
        "kafka/broker": 10,
        "spark/executor": 40,
        "flink/taskmanager": 5,
        "trino/worker": 10,
        "druid/historical": 2,
        "elasticsearch": 3,
        "milvus/querynode": 1,
        "query-api": 10,
        "prometheus": 2,
        "opensearch": 2,
      },
      total: 23_500,
    },
    {
      tier: "large",
      tb: 10_000,
      machines: 12_000,
      pods: {
        "kafka/broker": 15,
        "spark/executor": 100,
        "flink/taskmanager": 10,
        "trino/worker": 20,
        "druid/historical": 4,
        "elasticsearch": 5,
        "milvus/querynode": 2,
        "query-api": 20,
        "prometheus": 4,
        "opensearch": 4,
      },
      total: 42_700,
    },
  ];
  for (const { tier, tb, machines, pods, total } of tiers) {
    it(`equals the founding documents' ${String(total)} for the ${tier} tier`, () => {
      const groups = Object.entries(pods).map(([name, replicas]) => group(name, replicas, 1, []));
      assert.equal(cost(groups, { objectStorageTb: tb, kubernetesMonthly: machines }).monthly, total);
    });
  }
});
