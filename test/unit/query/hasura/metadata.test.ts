import assert from "node:assert/strict";

import { divided } from "../../../../components/query/hasura/connections";
import { metadata, replacement, sourceVariable } from "../../../../components/query/hasura/metadata";
import type { HasuraSettings } from "../../../../components/query/hasura/settings";
import { validRequest } from "./schema";
import { settings, shop } from "./settings";

const of = (given: HasuraSettings) => metadata(given, divided(given) ?? assert.fail("too few connections"));
const request = (given: HasuraSettings) =>
  replacement(given, divided(given) ?? assert.fail("too few connections")) as object;

describe("Hasura's metadata", () => {
  const [orders, items, , products] = of(shop()).sources[0]?.tables ?? [];

  it("are what its API takes, with everything that settings can say, and with nothing", () => {
    const validate = validRequest();
    for (const given of [
      settings(),
      shop(),
      shop({
        sources: [{ name: "shop", database: "shop", prefix: "shop_", tables: [] }],
        operations: [{ name: "orders", query: "query orders { orders { id } }" }],
      }),
    ])
      assert.ok(validate(request(given)), JSON.stringify(validate.errors));
  });

  it("are refused by the schema if a name is not upstream's", () => {
    const validate = validRequest();
    const text = JSON.stringify(request(shop()));
    for (const [name, other] of [
      ["select_permissions", "selectPermissions"],
      ["from_env", "fromEnv"],
      ["manual_configuration", "manual"],
      ["allow_inconsistent_metadata", "allow_inconsistent"],
      ["filter", "where"],
      ["max_connections", "maximum"],
    ] as const)
      assert.equal(validate(JSON.parse(text.replaceAll(`"${name}"`, `"${other}"`))), false, other);
  });

  it("refuse to be replaced by ones that do not fit the databases", () => {
    const { args, version } = request(shop()) as { args: { allow_inconsistent_metadata: boolean }; version: number };
    assert.deepEqual([version, args.allow_inconsistent_metadata], [2, false]);
  });

  it("give each role its columns, rows and number of rows", () => {
    assert.deepEqual(orders?.select_permissions, [
      {
        role: "customer",
        permission: {
          columns: ["id", "total"],
          filter: { customer_id: { _eq: "X-Hasura-User-Id" } },
          limit: 50,
          allow_aggregations: false,
        },
      },
      {
        role: "staff",
        permission: { columns: ["id", "note", "total"], filter: {}, limit: 1000, allow_aggregations: true },
      },
    ]);
    assert.deepEqual(orders.insert_permissions, [
      {
        role: "customer",
        permission: { check: { total: { _gte: 0 } }, columns: ["total"], set: { customer_id: "X-Hasura-User-Id" } },
      },
    ]);
    assert.deepEqual(orders.delete_permissions, [
      { role: "staff", permission: { filter: { customer: { country: { _in: ["DE", "FR"] } } } } },
    ]);
    assert.equal(items?.update_permissions, undefined);
  });

  it("name tables with their schemas, and relationships by columns", () => {
    assert.deepEqual(products?.table, { schema: "catalogue", name: "products" });
    assert.deepEqual(orders?.object_relationships, [
      {
        name: "customer",
        using: {
          manual_configuration: {
            remote_table: { schema: "public", name: "customers" },
            column_mapping: { customer_id: "id" },
          },
        },
      },
    ]);
    assert.deepEqual(
      orders.array_relationships?.map(({ name }) => name),
      ["items"],
    );
  });

  it("hold a variable's name in the place of what signs in", () => {
    const given = shop({ limits: { seconds: 7 } });
    assert.deepEqual(of(given).sources[0]?.configuration.connection_info, {
      database_url: { from_env: "SOURCE_SHOP_URL" },
      isolation_level: "read-committed",
      use_prepared_statements: true,
      pool_settings: { max_connections: 44, idle_timeout: 180, pool_timeout: 7, retries: 1 },
    });
    assert.doesNotMatch(sourceVariable("shop"), /^HASURA_/, "Hasura takes no such variable");
  });

  it("have operations that roles may run only where the settings name some", () => {
    const operations = [{ name: "orders", query: "query orders { orders { id } }" }];
    assert.deepEqual(Object.keys(of(shop())), ["version", "sources"]);
    const { query_collections: collections, allowlist } = of(shop({ operations }));
    assert.deepEqual(collections?.[0]?.definition.queries, operations);
    assert.deepEqual(allowlist, [{ collection: "allowed", scope: { global: true } }]);
  });

  it("are the same text whatever the order of roles and columns", () => {
    const table = (roles: object) => shop({ sources: [{ name: "a", database: "a", tables: [{ name: "t", roles }] }] });
    const read = (columns: string[]) => ({ select: { columns, rows: {} } });
    assert.equal(
      JSON.stringify(request(table({ one: read(["x", "y"]), two: read(["z"]) }))),
      JSON.stringify(request(table({ two: read(["z"]), one: read(["y", "x"]) }))),
    );
  });
});
