import assert from "node:assert/strict";

import fc from "fast-check";
import { parse } from "yaml";

import { settingsFrom } from "../../../components/settings";
import { type Fragment, put } from "../../../components/settings/presets";
import { readCluster } from "../../../fitting/cluster";
import { InputError } from "../../../inputs/input-error";
import { fits } from "../../../fitting/described";
import { DoesNotFit, draft, OPTIONAL } from "../../../fitting/draft";
import { init, type InitFlags } from "../../../fitting/init";
import { machines } from "../../../fitting/machine";
import { objectStore } from "../../../fitting/objects";
import { GiB } from "../../../components/core/quantity";
import { aCluster } from "./kube";

const SCHEMA = "docs/settings.schema.json";
const textOf = (flags: InitFlags) => init("some", flags, undefined, SCHEMA).text;

/** Settings of a stack file, as the command reads them. */
function settingsOf(text: string): Fragment {
  const { config } = parse(text) as { config: Record<string, unknown> };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace("lakehouse:", ""), value]));
}

function mistakes(flags: InitFlags): readonly string[] {
  try {
    init("some", flags, undefined, SCHEMA);
    return [];
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
    return error.lines;
  }
}

describe("a stack file for machines", () => {
  it("says why each number is as it is, and is right: the next larger one does not fit", () => {
    for (const flags of [
      { nodes: "2", memory: "32Gi", cpu: "8", objects: "s3" },
      { nodes: "1", memory: "16Gi", cpu: "8" },
      { nodes: "5", memory: "64Gi", cpu: "16", with: "kafka,flink" },
    ]) {
      const text = textOf(flags);
      const settings = settingsOf(text);
      assert.ok(fits(settings), text);
      const found = [...text.matchAll(/# The largest that fits, (\S+) does not; .*\n +(\w+): \{/g)];
      assert.ok(found.length > 0, text);
      for (const [, larger = "", key = ""] of found) {
        // All places with this key and a size: each of them is judged by the comment above its own.
        const before = text.slice(0, text.indexOf(`# The largest that fits, ${larger} does not`));
        const system = [...before.matchAll(/^ {4}(\w+):$/gm)].at(-1)?.[1] ?? "";
        const section = [...before.matchAll(/^ {2}lakehouse:(\w+):$/gm)].at(-1)?.[1] ?? "";
        assert.equal(fits(put(settings, `${section}.${system}.${key}`, { memory: larger })), false, `${key} ${larger}`);
      }
    }
  });

  it("takes the largest preset that fits as it is", () => {
    assert.match(textOf({ nodes: "40", memory: "192Gi", cpu: "32", objects: "s3" }), /^ {2}lakehouse:preset: medium$/m);
  });

  it("switches on what the wanted systems need, and says for which", () => {
    const text = textOf({ nodes: "5", memory: "64Gi", cpu: "16", objects: "ceph", with: "flink" });
    assert.match(text, /# flink needs it\.\n {4}kafka:/);
    const { streaming } = settingsFrom(settingsOf(text));
    assert.deepEqual([streaming.kafka.enabled, streaming.flink.enabled], [true, true]);
  });

  it("uses what is in a cluster, and counts what takes room there", () => {
    const text = init("some", { with: "valkey" }, readCluster(aCluster), SCHEMA).text;
    const settings = settingsFrom(settingsOf(text));
    assert.ok(fits(settingsOf(text)));
    assert.match(
      text.replace(/\n +# /g, " "),
      /what runs there already: rook-ceph 6Gi, airflow 2Gi, monitoring 256Mi\./,
    );
    assert.match(text, /may be requested, 116\.4 GiB on 2 machines without a taint;/);
    assert.equal(settings.storage.objects.kind, "ceph");
    assert.equal(settings.storage.postgres.operator, "existing");
    assert.equal(settings.cluster.storageClass, "ceph-block");
    assert.equal(settings.storage.valkey.enabled, true);
    assert.deepEqual(
      settings.nodes.map(({ name }) => name),
      ["k8s-1", "k8s-2", "k8s-3"],
    );
  });

  it("marks what has to be replaced, and only that", () => {
    assert.match(
      textOf({ nodes: "2", memory: "64Gi", cpu: "16", objects: "s3" }),
      /# TO REPLACE .*\n +endpoint: https:\/\/s3\.example\.org/,
    );
    const given = { nodes: "2", memory: "64Gi", cpu: "16", objects: "s3", endpoint: "https://10.1.2.3:9000" };
    assert.doesNotMatch(textOf(given), /TO REPLACE/);
    assert.match(textOf(given), /cidrs: \[10\.1\.2\.3\/32\]/);
  });

  it("tells all mistakes at once", () => {
    assert.deepEqual(mistakes({ nodes: "0", memory: "16", with: "kafk,beam", objects: "gcs" }), [
      '--nodes: given "0"; allowed: 1 to 5000 machines',
      '--memory: given "16"; allowed: memory of one machine such as 96Gi',
      "--cpu: missing; allowed: cores of one machine such as 16, or --from-cluster",
      '--objects: given "gcs"; allowed: s3, ceph, minio, seaweedfs',
      `--with: given "kafk"; did you mean 'kafka'?; allowed: ${[...OPTIONAL.keys()].join(", ")}, trino, spark, hive-metastore, postgres`,
      `--with: given "beam"; allowed: ${[...OPTIONAL.keys()].join(", ")}, trino, spark, hive-metastore, postgres`,
    ]);
    assert.deepEqual(mistakes({ nodes: "1", memory: "2Gi", cpu: "4", system: "2Gi" }), [
      "--memory: given 2Gi, of which the system keeps 2Gi: nothing is left",
    ]);
  });

  it("says what would do where the machines are too small for anything", () => {
    assert.deepEqual(mistakes({ nodes: "1", memory: "8Gi", cpu: "4" }), [
      "no sizes fit these machines; what does:",
      "→ node-1: 15Gi of memory (now 8Gi), 5 cores (now 4 cores)",
      "→ 2 more nodes like node-1, in pool main: node-2, node-3",
    ]);
  });
});

describe("a stack file for any machines", () => {
  const wishes = fc.record({
    count: fc.integer({ min: 1, max: 12 }),
    gib: fc.integer({ min: 12, max: 256 }),
    cpu: fc.integer({ min: 4, max: 64 }),
    kind: fc.constantFrom("s3" as const, "ceph" as const, "minio" as const, "seaweedfs" as const),
    names: fc.subarray(["kafka", "flink", "valkey", "clickhouse", "presto", "druid", "milvus", "mariadb"], {
      maxLength: 4,
    }),
  });

  it("fits them, or says which would do", () => {
    fc.assert(
      fc.property(wishes, ({ count, gib, cpu, kind, names }) => {
        const objects = objectStore({ kind }, count).settings;
        const systems = names.map((name) => OPTIONAL.get(name)!);
        try {
          const { fragment } = draft({
            machines: machines("node", count, { cpu, memory: gib * GiB }),
            objects,
            systems,
          });
          assert.ok(fits(fragment));
        } catch (error) {
          assert.ok(error instanceof DoesNotFit, String(error));
          assert.ok(error.advice.length > 0);
        }
      }),
      { numRuns: 12 },
    );
  });
});
