import assert from "node:assert/strict";

import { prefixOf, valkeyCatalog, valkeyFiles } from "../../../../components/query/trino/valkey";
import { settingsFrom, SettingsError } from "../../../../components/settings";

const given = (valkey: object, enabled = true) =>
  settingsFrom({
    nodes: [{ name: "one", pool: "all", cpu: 64, memory: "256Gi" }],
    pools: { all: { default: true } },
    cluster: { certManager: true },
    storage: {
      objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] },
      valkey: { enabled },
    },
    query: { trino: { valkey } },
  }).query.trino.valkey.tables;

const TABLES = given({
  tables: [
    { table: "carts", keys: "shop:eu:carts", columns: { id: "bigint", since: "timestamp" } },
    { table: "visits", keys: "web:visits", format: "json", columns: { page: "varchar" } },
  ],
});

describe("keys as tables", () => {
  it("are listed in the catalog, which has no password and no name of a server but the Service's", () => {
    const lines = valkeyCatalog({ host: "valkey.lakehouse-storage.svc", port: 6379 }, TABLES).split("\n");
    for (const line of [
      "redis.nodes=valkey.lakehouse-storage.svc:6379",
      "redis.table-names=default.carts,default.visits",
      "redis.password=${ENV:TRINO_VALKEY_PASSWORD}",
    ])
      assert.ok(lines.includes(line), line);
  });

  it("are members of a sorted set, so that names of other keys are not listed", () => {
    const files = valkeyFiles(TABLES);
    assert.deepEqual(Object.keys(files), ["carts.json", "visits.json"]);
    assert.deepEqual(JSON.parse(files["carts.json"] ?? ""), {
      schemaName: "default",
      tableName: "carts",
      key: { dataFormat: "zset", name: "shop:eu:carts" },
      value: {
        dataFormat: "hash",
        fields: [
          { name: "id", mapping: "id", type: "bigint" },
          { name: "since", mapping: "since", type: "timestamp(3)", dataFormat: "iso8601" },
        ],
      },
    });
    assert.match(files["visits.json"] ?? "", /"dataFormat": "json"/);
  });

  it("need the right to read what begins as their set does", () => {
    assert.deepEqual(TABLES.map(prefixOf), ["shop:eu:", "web:"]);
  });

  it("have names of their own, in a stack that has Valkey", () => {
    const table = { table: "carts", keys: "shop:carts", columns: {} };
    assert.throws(() => given({ tables: [table, table] }), /"carts", which is in the list already/);
    assert.throws(() => given({ tables: [table] }, false), /storage\.valkey\.enabled is false/);
  });

  it("have a set whose name has a prefix, and no characters of patterns", () => {
    for (const keys of ["carts", ":carts", "shop:", "shop:*", "shop:c?", "Shop:carts", "shop: ~*"])
      assert.throws(() => given({ tables: [{ table: "carts", keys, columns: {} }] }), SettingsError, keys);
  });
});
