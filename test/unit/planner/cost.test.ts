import assert from "node:assert/strict";

import type { PodGroup } from "../../../components/core/pod-group";
import { judgeBudget } from "../../../planner/budget";
import { cost, type CostInputs } from "../../../planner/cost";
import type { CostReport } from "../../../planner/plan";
import { ratesOf } from "../../../planner/prices";
import { layers } from "../../../planner/report/summary";
import { readBook } from "../../../pricing/books";
import { PROJECT_FOLDER } from "../../../inputs/project";
import { group, homelabGroups, homelabNodes, owned } from "./fixtures";

const book = (name: string) => readBook(name, PROJECT_FOLDER, "--book");
const [founding, usage, hardware] = [book("founding"), book("usage"), book("hardware")];
const nothing: CostInputs = { objectStorageTb: 0 };
const by = (groups: readonly PodGroup[], inputs = nothing, of = founding) => cost(owned(groups), inputs, of);

describe("the cost by prices of systems", () => {
  it("charges the homelab for its deployed systems, with the maximum of elastic pods", () => {
    const { monthly, lines, systems } = by(homelabGroups(), { objectStorageTb: 20 });
    assert.deepEqual(lines, [
      { line: "object storage", monthly: 8, parts: [{ units: 20, unit: "TB", each: 0.4 }] },
      { line: "Spark", monthly: 200, parts: [{ units: 4, unit: "executor", each: 50 }] },
      { line: "Trino", monthly: 800, parts: [{ units: 2, unit: "worker", each: 400 }] },
    ]);
    assert.equal(monthly, 1008);
    assert.deepEqual(systems, [
      { system: "trino", layer: "trino-layer", monthly: 800 },
      { system: "spark", layer: "spark-layer", monthly: 200 },
      { system: "object storage", layer: "storage", monthly: 8 },
    ]);
  });

  it("charges neither an existing Airflow nor a task that runs once", () => {
    const airflow = group("airflow", 3, 8, []);
    assert.equal(by([airflow]).monthly, 200);
    assert.equal(by([{ ...airflow, origin: "existing" }]).monthly, 0);
    assert.equal(by([group("elasticsearch/setup", 1, 1, [], { lifetime: "once" })]).monthly, 0);
  });

  it("charges a service once for all its roles, and again in another namespace", () => {
    const redis = [group("redis/primary", 1, 1, []), group("redis/replica", 2, 1, [])];
    const other = redis.map((of) => ({ ...of, namespace: "other" }));
    assert.equal(by(redis).monthly, 100);
    assert.equal(by([...redis, ...other]).monthly, 200);
  });

  it("counts two query nodes of Milvus as one cluster", () => {
    assert.equal(by([group("milvus/querynode", 4, 1, [])]).monthly, 1200);
    assert.equal(by([group("milvus/standalone", 1, 1, [])]).monthly, 600);
  });

  it("is rounded to hundredths", () => {
    assert.equal(by([], { objectStorageTb: 0.3 }).monthly, 0.12);
  });

  it("says what part of the lump sum for machines no pod uses", () => {
    const { monthly, spare } = by([group("kafka/broker", 1, 56, [], { cpu: 9.8 })], {
      objectStorageTb: 0,
      kubernetesMonthly: 1000,
      nodes: homelabNodes.slice(0, 1),
    });
    assert.equal(monthly, 1200);
    // 2 of 16 cores and 16 of 96 GiB are the system's; the buffer is 30 % of the rest.
    assert.deepEqual(spare, { reserved: 145.83, buffer: 256.25, free: 0 });
  });

  it("does not depend on the order of the groups", () => {
    const groups = homelabGroups();
    assert.deepEqual(by(groups.toReversed(), { objectStorageTb: 1 }), by(groups, { objectStorageTb: 1 }));
  });
});

describe("the cost by prices of resources", () => {
  const inputs: CostInputs = { objectStorageTb: 0, nodes: homelabNodes };
  const groups = [
    group("trino/worker", 2, 24, [], { cpu: 4 }),
    group("kafka/broker", 1, 8, [], { cpu: 2, volumes: [{ name: "data", size: 1e12 }] }),
    group("airflow", 1, 8, [], { cpu: 1, origin: "existing" }),
  ];

  it("is that of the whole machines, their volumes and objects", () => {
    const { lines } = by(groups, { ...inputs, objectStorageTb: 3 }, usage);
    assert.deepEqual(lines, [
      { line: "cpu", monthly: 720, parts: [{ units: 48, unit: "core", each: 15 }] },
      { line: "memory", monthly: 576, parts: [{ units: 288, unit: "GiB", each: 2 }] },
      { line: "volumes", monthly: 80, parts: [{ units: 1, unit: "TB", each: 80 }] },
      { line: "object storage", monthly: 60, parts: [{ units: 3, unit: "TB", each: 20 }] },
    ]);
  });

  it("is the sum of the systems and of what no pod requests", () => {
    const { monthly, systems, spare } = by(groups, inputs, usage);
    assert.deepEqual(systems, [
      { system: "trino", layer: "trino-layer", monthly: 2 * (4 * 15 + 24 * 2) },
      { system: "kafka", layer: "kafka-layer", monthly: 2 * 15 + 8 * 2 + 80 },
    ]);
    assert.deepEqual(spare, {
      reserved: 3 * (2 * 15 + 16 * 2) + 15 + 8 * 2,
      buffer: 3 * (4.2 * 15 + 24 * 2),
      free: Math.round((3 * 9.8 - 11) * 15 + (3 * 56 - 64) * 2),
    });
    const all = [...systems.map((one) => one.monthly), ...Object.values(spare)];
    assert.equal(Math.round(all.reduce((sum, each) => sum + each, 0)), Math.round(monthly));
  });

  it("takes the volumes of the stack's own object store where nothing says what is stored", () => {
    const store = owned([group("minio", 4, 1, [], { volumes: [{ name: "data", size: 2e12 }] })]).map((pods) => ({
      ...pods,
      keepsObjects: true,
    }));
    const line = (tb: number) =>
      cost(store, { ...inputs, objectStorageTb: tb }, usage).lines.find(({ line: of }) => of === "object storage")
        ?.monthly;
    assert.deepEqual([line(0), line(5)], [8 * 20, 5 * 20]);
  });

  it("asks for machines with the buffer where none are given", () => {
    const { lines, spare } = by(
      [group("trino/worker", 1, 70, [], { cpu: 7 })],
      { objectStorageTb: 0, buffer: 0.7 },
      usage,
    );
    assert.deepEqual(
      lines.map(({ parts }) => Math.round(parts[0]!.units)),
      [10, 100],
    );
    assert.deepEqual(spare, { reserved: 0, buffer: 3 * 15 + 30 * 2, free: 0 });
  });

  it("of machines of one's own is their price over the years, and electricity", () => {
    const rates = ratesOf({ ...hardware, hardware: { ...hardware.hardware!, years: 2, electricity: 0.2 } });
    const core = hardware.hardware!.cpu;
    assert.equal(rates?.cpu, core.price / 24 + (core.watts / 1000) * 730 * 0.2);
    // The founding documents' 0.40 USD a TB, before it was rounded up.
    assert.equal(ratesOf(hardware)?.object.toFixed(2), "0.38");
  });
});

describe("the cost of two plans", () => {
  const before: CostReport = by(homelabGroups());
  it("is compared by the same prices only", () => {
    assert.equal(by([], { ...nothing, previous: before }).previousMonthly, before.monthly);
    assert.equal(by([], { ...nothing, previous: before }, usage).previousMonthly, undefined);
    assert.equal(by([], { ...nothing, previous: { ...before, currency: "EUR" } }).previousMonthly, undefined);
  });

  it("has sums by layer, the dearest first", () => {
    assert.deepEqual(layers(by(homelabGroups(), { objectStorageTb: 20 })), [
      { layer: "trino-layer", monthly: 800 },
      { layer: "spark-layer", monthly: 200 },
      { layer: "storage", monthly: 8 },
    ]);
  });
});

describe("a monthly budget", () => {
  const bill = by(homelabGroups());
  it("is kept up to its last cent, and without one by every stack", () => {
    assert.deepEqual(judgeBudget(bill, 1000), []);
    assert.deepEqual(judgeBudget(bill, undefined), []);
  });

  it("is broken with amounts and the dearest lines", () => {
    const [found] = judgeBudget(bill, 999.5);
    assert.equal(found?.level, "mandatory");
    assert.equal(
      found.message,
      "costs 1000 USD a month, 0.5 USD above its budget of 999.5 USD; dearest: Trino 800 USD, Spark 200 USD. Fix: fewer or smaller pods, or a larger budget.",
    );
  });

  it("of nothing allows a stack that costs nothing", () => {
    assert.deepEqual(judgeBudget(by([]), 0), []);
  });
});
