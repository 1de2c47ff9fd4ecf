import assert from "node:assert/strict";

import { settingsFrom, settingsFromConfig, SettingsError, settingsHints } from "../../../components/settings";

const SMALL = {
  nodes: [{ name: "one", pool: "all", cpu: 8, memory: "64Gi" }],
  pools: { all: { default: true } },
  cluster: { certManager: true },
  storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] } },
};

const config = (spark: object) =>
  Object.fromEntries(
    Object.entries({ ...SMALL, compute: { spark } }).map(([key, value]) => [`lakehouse:${key}`, JSON.stringify(value)]),
  );

describe("a setting with a renamed key", () => {
  const old = { operator: { cpu: 0.3, memory: "300Mi" } };

  it("is read by its old key, with a hint that names both", () => {
    const { spark } = settingsFromConfig(config(old)).compute;
    const { spark: other } = settingsFromConfig(config({ operatorSize: old.operator })).compute;
    assert.deepEqual(spark, other);
    assert.equal(spark.operatorSize.cpu, 0.3);
    assert.deepEqual(settingsHints(config(old)), [
      "lakehouse:compute.spark.operator is renamed to lakehouse:compute.spark.operatorSize; the old key is accepted for one release",
    ]);
  });

  it("is read by its new key if both are set", () => {
    const { spark } = settingsFromConfig(config({ ...old, operatorSize: { cpu: 0.4 } })).compute;
    assert.deepEqual([spark.operator, spark.operatorSize.cpu], ["deployed", 0.4]);
  });

  it("is unchanged if its value has the new meaning, and does not change the stack file's object", () => {
    const given = config({ operator: "existing" });
    assert.equal(settingsFromConfig(given).compute.spark.operator, "existing");
    assert.deepEqual(settingsHints(given), []);
    const raw = { ...SMALL, compute: { spark: old } };
    const before = structuredClone(raw);
    settingsFrom(raw);
    assert.deepEqual(raw, before);
  });

  it("is validated like the new key", () => {
    assert.throws(
      () => settingsFromConfig(config({ operator: { cpus: 1 } })),
      (error) => error instanceof SettingsError && /compute\.spark\.operatorSize.*cpus/.test(error.message),
    );
  });
});
