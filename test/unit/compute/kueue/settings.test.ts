import assert from "node:assert/strict";

import { settingsFrom, SettingsError } from "../../../../components/settings";

const given = (compute: object) => () =>
  settingsFrom({
    nodes: [{ name: "one", pool: "all", cpu: 64, memory: "256Gi" }],
    pools: { all: { default: true } },
    cluster: { certManager: true },
    storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] } },
    compute,
  });

const refused = (compute: object, path: string, message: string) => {
  assert.throws(given(compute), new SettingsError([{ path: `lakehouse:compute.${path}`, message }]));
};

describe("settings of queues", () => {
  it("are one queue for everything, and maintenance comes last", () => {
    const { kueue, spark } = given({ kueue: { enabled: true } })().compute;
    assert.deepEqual(kueue.queues, { batch: { share: 1, passing: false } });
    assert.deepEqual(
      Object.values(spark.queued).map(({ queue, priority }) => [queue, priority]),
      [
        ["batch", "normal"],
        ["batch", "normal"],
        ["batch", "low"],
      ],
    );
  });

  it("name a queue that there is", () => {
    refused(
      { kueue: { enabled: true, queues: { night: {} } }, spark: { queued: queued("day") } },
      "spark.queued.silver-to-gold.queue",
      "given day; allowed: night",
    );
  });

  it("let no job wait for ever", () => {
    const spark = { executor: { replicas: 3 }, queued: { "silver-to-gold": { executors: 4 } } };
    refused(
      { kueue: { enabled: true }, spark },
      "spark.queued.silver-to-gold.executors",
      "given 4, for which it would wait for ever; allowed: at most 3, all of lakehouse:compute.spark.executor.replicas",
    );
    assert.doesNotThrow(given({ spark }));
  });

  it("refuse the queue that would start definitions", () => {
    refused(
      { kueue: { queues: { default: {} } } },
      "kueue.queues.default",
      "'default' is not allowed as a name; allowed: lower-case letters, digits and '-', beginning with a letter, at most 40, and not default",
    );
  });

  it("need Spark, whose jobs they are for", () => {
    refused(
      { kueue: { enabled: true }, spark: { enabled: false } },
      "kueue.enabled",
      "given true, and nothing is queued; allowed: false, or lakehouse:compute.spark.enabled: true",
    );
  });
});

const queued = (queue: string) => ({
  "bronze-to-silver": { queue: "night" },
  "silver-to-gold": { queue },
  "table-maintenance": { queue: "night" },
});
