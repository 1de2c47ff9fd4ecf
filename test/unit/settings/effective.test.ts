import assert from "node:assert/strict";

import { rawSettings, settingsFrom } from "../../../components/settings";
import { effective } from "../../../components/settings/effective";
import { shippedConfig, STACKS } from "../../support/stacks";

type Branch = Record<string, unknown>;

/** Settings with each value at its path. */
function rebuilt(rows: ReturnType<typeof effective>): Branch {
  const root: Branch = {};
  for (const { path, value, origin } of rows) {
    if (origin === "none") continue;
    const keys = path.split(/[.[]/).map((key) => key.replace("]", ""));
    let at = root;
    for (const [index, key] of keys.entries()) {
      const next = keys[index + 1];
      if (next === undefined) at[key] = value;
      else at = (at[key] ??= /^\d+$/.test(next) ? [] : {}) as Branch;
    }
  }
  return root;
}

describe("the effective value of every setting", () => {
  for (const stack of STACKS) {
    it(`${stack}: written out, they are the same stack`, () => {
      const raw = rawSettings(shippedConfig(stack).values);
      const rows = effective(raw);
      assert.ok(rows.length > 300, String(rows.length));
      assert.deepEqual(settingsFrom(rebuilt(rows)), settingsFrom(raw));
      assert.equal(new Set(rows.map(({ path }) => path)).size, rows.length);
    });
  }

  it("comes from the file before the preset, and from that before the default", () => {
    const rows = effective({
      preset: "homelab",
      storage: { objects: { kind: "ceph", store: "mine" } },
      query: { trino: { worker: { replicas: 5 } } },
    });
    const of = (path: string) => rows.find((one) => one.path === path);
    assert.deepEqual(of("query.trino.worker.replicas"), {
      path: "query.trino.worker.replicas",
      value: 5,
      origin: "file",
    });
    assert.deepEqual(of("query.trino.worker.memory"), {
      path: "query.trino.worker.memory",
      value: "24Gi",
      origin: "preset",
    });
    assert.equal(of("query.trino.enabled")?.origin, "default");
    assert.deepEqual(of("query.trino.image"), { path: "query.trino.image", origin: "none" });
    assert.equal(of("storage.objects.store")?.value, "mine");
    // Of a chosen kind, and of no other.
    assert.equal(of("storage.objects.namespace")?.value, "rook-ceph");
    assert.ok(!rows.some(({ path }) => path.startsWith("storage.objects.endpoint")));
  });

  it("of a list is that of its items, with the defaults of each", () => {
    const rows = effective({ nodes: [{ name: "a", pool: "p", cpu: 8, memory: "64Gi" }] });
    const of = (path: string) => rows.find((one) => one.path === path);
    assert.equal(of("nodes[0].name")?.origin, "file");
    assert.deepEqual([of("nodes[0].system.memory")?.value, of("nodes[0].system.memory")?.origin], ["16Gi", "default"]);
  });
});
