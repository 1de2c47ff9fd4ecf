import fc from "fast-check";
import { stringify } from "yaml";

import { PRESETS } from "../../components/core/system";

const OPTIONAL = [
  "storage.valkey",
  "storage.mariadb",
  "query.druid",
  "query.clickhouse",
  "query.presto",
  "query.milvus",
];

/** A stack file with valid settings, however small its machines are. */
export const startingPoints = fc
  .record({
    preset: fc.constantFrom(...PRESETS),
    nodes: fc.array(fc.record({ gib: fc.integer({ min: 8, max: 200 }), cpu: fc.integer({ min: 4, max: 48 }) }), {
      minLength: 1,
      maxLength: 8,
    }),
    second: fc.boolean(),
    streaming: fc.boolean(),
    systems: fc.subarray(OPTIONAL),
  })
  .map(({ preset, nodes, second, streaming, systems }) => {
    const split = second && nodes.length > 1;
    const config: Record<string, unknown> = {
      "lakehouse:preset": preset,
      "lakehouse:nodes": nodes.map(({ gib, cpu }, at) => ({
        name: `n${String(at)}`,
        pool: split && at === 0 ? "other" : "main",
        cpu,
        memory: `${String(gib)}Gi`,
        system: { cpu: 1, memory: "2Gi" },
      })),
      "lakehouse:pools": {
        main: { default: true, ...(split ? { fallback: "other" } : {}) },
        ...(split ? { other: {} } : {}),
      },
      "lakehouse:cluster": { storageClass: "fast", certManager: true },
      "lakehouse:storage": { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["203.0.113.0/24"] } },
      ...(streaming ? { "lakehouse:streaming": { kafka: { enabled: true }, flink: { enabled: true } } } : {}),
    };
    for (const path of systems) {
      const [section = "", key = ""] = path.split(".");
      const name = `lakehouse:${section}`;
      config[name] = { ...(config[name] as object | undefined), [key]: { enabled: true } };
    }
    return stringify({ config });
  });
