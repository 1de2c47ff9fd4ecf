import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { jsonSchema, projectFile } from "../../../cli/settings-document";
import { metastoreHeap } from "../../../components/catalog/hive-metastore/config";
import { sparkMemory } from "../../../components/compute/spark-conf";
import { GiB, MiB } from "../../../components/core/quantity";
import { trinoMemory } from "../../../components/query/trino/config";
import { settingsFrom, SettingsError } from "../../../components/settings";
import { leastMemory } from "../../../components/settings/sizes";
import { trino } from "../../../components/query/trino/system";
import { kafka } from "../../../components/streaming/kafka/system";
import { LEAST_MEMORY } from "../../support/sizes";

const ROOT = join(__dirname, "..", "..", "..");

const small = {
  nodes: [{ name: "one", pool: "all", cpu: 8, memory: "64Gi" }],
  pools: { all: { default: true } },
  cluster: { certManager: true },
  storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] } },
};

describe("settings", () => {
  it("are complete from the required ones, in bytes and cores", () => {
    const { nodes, query, storage, cluster } = settingsFrom(small);
    assert.deepEqual(nodes[0], {
      name: "one",
      pool: "all",
      cpu: 8,
      memory: 64 * GiB,
      system: { cpu: 2, memory: 16 * GiB },
      taints: [],
    });
    assert.deepEqual(query.trino.worker, { replicas: 2, cpu: 4, memory: 24 * GiB });
    assert.equal(cluster.buffer, 0.7);
    assert.equal(storage.buckets.backups.expireDays, 90);
  });

  it("of the stack override its preset key by key", () => {
    const { query } = settingsFrom({ ...small, preset: "large", query: { trino: { worker: { replicas: 5 } } } });
    assert.deepEqual(query.trino.worker, { replicas: 5, cpu: 14, memory: 112 * GiB });
  });

  it("accept cores as numbers and as text", () => {
    const cpu = (given: unknown) =>
      settingsFrom({ ...small, query: { trino: { worker: { cpu: given } } } }).query.trino.worker.cpu;
    assert.deepEqual([cpu(3), cpu("3"), cpu("500m")], [3, 3, 0.5]);
  });

  it("refuse exactly the sizes that are too small for an engine's memory rule", () => {
    for (const [path, mebibytes] of Object.entries(LEAST_MEMORY)) {
      if (mebibytes === 0) continue;
      const keys = path.replace("lakehouse:", "").split(".");
      const given = (memory: string) => {
        const nested = keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), { memory }) as Record<
          string,
          object
        >;
        return settingsFrom({ ...small, ...nested, storage: { ...small.storage, ...nested.storage } });
      };
      assert.doesNotThrow(() => given(`${String(mebibytes)}Mi`), path);
      assert.throws(
        () => given(`${String(mebibytes - 1)}Mi`),
        new SettingsError([
          {
            path: `${path}.memory`,
            message: `given ${String(mebibytes - 1)}Mi; allowed: at least ${String(mebibytes)}Mi`,
          },
        ]),
      );
    }
  });

  it("have a least memory for each size, or none explicitly", () => {
    assert.equal(leastMemory(trino, "worker"), 1280);
    assert.equal(leastMemory(kafka, "exporter"), 0);
    assert.throws(() => leastMemory(trino, "broker"), /lakehouse:query\.trino\.broker: its system has no "least"/);
  });

  it("have the smallest sizes that the engines' own rules accept", () => {
    const rules = {
      "query.trino.worker": trinoMemory,
      "compute.spark.driver": sparkMemory,
      "catalog.hiveMetastore.server": metastoreHeap,
    };
    for (const [path, rule] of Object.entries(rules)) {
      const least = LEAST_MEMORY[`lakehouse:${path}`]! * MiB;
      assert.doesNotThrow(() => rule(least), path);
      assert.throws(() => rule(least - MiB), RangeError, path);
    }
  });

  it("are described in Pulumi.yaml and the JSON Schema without differences", () => {
    const project = readFileSync(join(ROOT, "Pulumi.yaml"), "utf8");
    assert.equal(projectFile(project), project, "run npm run schema");
    assert.equal(readFileSync(join(ROOT, "docs/settings.schema.json"), "utf8"), jsonSchema(), "run npm run schema");
  });
});
