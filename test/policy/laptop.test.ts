import assert from "node:assert/strict";

import type { z } from "zod";

import type { Resources } from "../../components/core/pod-group";
import { formatBytes, GiB } from "../../components/core/quantity";
import { merge } from "../../components/settings/presets";
import { systems } from "../../components/systems";
import { violations } from "../../planner/verdict";
import { judged } from "./harness";

/** The policy that counts requests: it and the plan say the same of a node that is too small. */
const ROOM = "pool-limit-requests";
const GB_16: Resources = { cpu: 8, memory: 16 * GiB };
const node = ({ cpu, memory }: Resources) => ({
  name: "lakehouse-worker",
  pool: "everything",
  cpu,
  memory: formatBytes(memory),
  system: { cpu: 1, memory: "2Gi" },
});
/** A laptop with the dev stack, without its streaming layer. */
const LAPTOP = {
  preset: "dev",
  pools: { everything: { default: true } },
  cluster: { certManager: true, storageClass: "openebs-hostpath", protectData: false },
  licences: { allow: ["Elastic-2.0"] },
  storage: { objects: { kind: "minio", admin: { host: "127.0.0.1", port: 30900, tls: false } } },
};
/** Parts of the examples that need Kafka. */
const STREAMING = { elasticsearch: { logstash: undefined }, clickhouse: { streams: undefined } };
/** Every system of these layers that is off unless the settings say otherwise. */
const OPTIONAL = systems.filter(({ section, settings }) => {
  if (section !== "query" && section !== "storage") return false;
  const { data } = (settings as z.ZodType).safeParse({});
  return (data as { enabled?: boolean } | undefined)?.enabled === false;
});

/** Values of the laptop's settings with one more system. */
function having(section: string, key: string, example: object, size = GB_16): Record<string, string> {
  const own = { ...example, enabled: true, ...STREAMING[key as keyof typeof STREAMING] };
  const all = merge({ ...LAPTOP, nodes: [node(size)] }, { [section]: { [key]: own } });
  return Object.fromEntries(
    Object.entries(all).map(([name, value]) => [
      `lakehouse:${name}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

describe("a laptop with 16 GB", function () {
  this.timeout(60 * 60_000);

  it("is asked for all optional engines and stores", () => {
    const keys = OPTIONAL.map(({ key }) => key);
    for (const key of ["clickhouse", "druid", "elasticsearch", "hasura", "milvus", "opensearch", "presto", "queryApi"])
      assert.ok(keys.includes(key), `${key} of ${keys.join(", ")}`);
  });

  for (const { section, key, example = {} } of OPTIONAL)
    it(`has room for ${key}, or the plan says which pods it has none for, and what machine would do`, async () => {
      const { plan } = await judged("dev", having(section, key, example));
      assert.deepEqual(
        violations(plan.policies).filter(({ policy }) => policy !== ROOM),
        [],
      );
      assert.equal(plan.verdict === "ok", plan.unplaced.length === 0);
      if (plan.unplaced.length === 0) return;
      const most = (of: keyof Resources) =>
        Math.max(...plan.unplaced.map(({ needs }) => needs?.[of] ?? assert.fail("it does not say")));
      const size = { cpu: most("cpu"), memory: most("memory") };
      assert.ok(size.memory > GB_16.memory && size.memory <= 32 * GiB, formatBytes(size.memory));
      const { plan: larger } = await judged("dev", having(section, key, example, size));
      assert.equal(larger.verdict, "ok", JSON.stringify(larger.unplaced));
    });
});
