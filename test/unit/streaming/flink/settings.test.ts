import assert from "node:assert/strict";

import { SettingsError, settingsFrom } from "../../../../components/settings";

function mistakes(streaming: object, catalog: object = {}): string[] {
  try {
    settingsFrom({
      nodes: [{ name: "n", pool: "all", cpu: 16, memory: "96Gi" }],
      pools: { all: { default: true } },
      cluster: { certManager: true },
      storage: { objects: { kind: "ceph" } },
      query: { trino: { enabled: false } },
      compute: { spark: { enabled: false } },
      catalog,
      streaming,
    });
    return [];
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.message.split("\n").map((line) => line.replace(/^settings: /, ""));
  }
}

const KAFKA = { enabled: true };

describe("settings of Flink", () => {
  it("are off by default, with the founding sizes", () => {
    const { flink } = settingsFrom({
      nodes: [{ name: "n", pool: "all", cpu: 16, memory: "96Gi" }],
      pools: { all: { default: true } },
      cluster: { certManager: true },
      storage: { objects: { kind: "ceph" } },
    }).streaming;
    assert.equal(flink.enabled, false);
    assert.deepEqual(
      [flink.jobManager, flink.taskManager].map(({ replicas, cpu, memory }) => [replicas, cpu, memory / 2 ** 30]),
      [
        [1, 1, 2],
        [5, 2, 4],
      ],
    );
    assert.deepEqual([flink.checkpointSeconds, flink.latenessSeconds, flink.partitions], [60, 30, 12]);
  });

  it("need Kafka and the metastore, one line each", () => {
    assert.deepEqual(mistakes({ kafka: KAFKA, flink: { enabled: true } }), []);
    assert.deepEqual(mistakes({ flink: { enabled: true } }, { hiveMetastore: { enabled: false } }), [
      "lakehouse:streaming.flink.enabled: given true, which needs an event log, but lakehouse:streaming.kafka.enabled is false; allowed: switch it on, or this off",
      "lakehouse:streaming.flink.enabled: given true, which needs a table catalog, but lakehouse:catalog.hiveMetastore.enabled is false; allowed: switch it on, or this off",
    ]);
  });

  it("refuse a TaskManager that is too small for Flink's memory model, and accept the smallest possible", () => {
    const flink = (memory: string) => ({ kafka: KAFKA, flink: { enabled: true, taskManager: { memory } } });
    assert.deepEqual(mistakes(flink("1536Mi")), []);
    assert.deepEqual(mistakes(flink("1535Mi")), [
      "lakehouse:streaming.flink.taskManager.memory: given 1535Mi; allowed: at least 1536Mi",
    ]);
  });

  it("refuse intervals and sizes out of bounds, and unknown keys with the nearest known one", () => {
    const flink = { checkpointSeconds: 9, latenessSeconds: -1, partitions: 0, checkpointSecond: 10 };
    assert.deepEqual(
      mistakes({ kafka: KAFKA, flink }).map((line) => line.split(";")[0]),
      [
        "lakehouse:streaming.flink.checkpointSeconds: given 9",
        "lakehouse:streaming.flink.latenessSeconds: given -1",
        "lakehouse:streaming.flink.partitions: given 0",
        "lakehouse:streaming.flink.checkpointSecond: unknown setting",
      ],
    );
  });
});
