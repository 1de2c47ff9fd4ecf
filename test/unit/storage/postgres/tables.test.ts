import assert from "node:assert/strict";

import type { TableUser } from "../../../../components/core/capabilities";
import type { DatabaseGrants } from "../../../../components/storage/postgres/access";
import { Client, granted } from "./granted";

const USER: TableUser = {
  name: "web_shop",
  database: "shop",
  connections: 90,
  statementSeconds: 30,
  tables: [
    {
      schema: "public",
      table: "orders",
      privileges: ["SELECT", "INSERT"],
      update: ["total", "note"],
      sequences: ["orders_id_seq"],
    },
    { schema: "public", table: "items", privileges: ["SELECT"] },
    { schema: "catalogue", table: "products", privileges: ["SELECT"] },
  ],
};
const give = (user: TableUser) => (grants: DatabaseGrants) => {
  const client = new Client("api", "lakehouse-query");
  grants.own(client, "api");
  const access = grants.user(client, user);
  assert.deepEqual([access.database, access.userKey, access.passwordKey], ["shop", "username", "password"]);
};
type Found = Awaited<ReturnType<typeof granted>>;
const rights = ({ of }: Found) =>
  of("Grant")
    .filter(({ inputs }) => String(inputs.role).startsWith("api_web_shop"))
    .map(({ inputs: { role, objectType, schema, objects, columns, privileges } }) =>
      [role, objectType, schema, objects, columns, privileges].filter((each) => each !== undefined).flat(),
    );
const roles = ({ of }: Found) =>
  of("Role")
    .filter(({ inputs }) => String(inputs.name).startsWith("api"))
    .map(({ inputs: { name, login, roles: member, assumeRole, connectionLimit, statementTimeout } }) =>
      JSON.stringify({ name, login, member, assumeRole, connectionLimit, statementTimeout }),
    );

describe("a user with rights on tables", () => {
  it("may do that and nothing else, whatever the client's own user may", async () => {
    const found = await granted(give(USER));
    assert.deepEqual(rights(found), [
      ["api_web_shop_update", "column", "public", "orders", "note", "total", "UPDATE"],
      ["api_web_shop", "database", "CONNECT"],
      ["api_web_shop", "schema", "catalogue", "USAGE"],
      ["api_web_shop", "schema", "public", "USAGE"],
      ["api_web_shop", "sequence", "public", "orders_id_seq", "USAGE"],
      ["api_web_shop", "table", "catalogue", "products", "SELECT"],
      ["api_web_shop", "table", "public", "items", "SELECT"],
      ["api_web_shop", "table", "public", "orders", "SELECT", "INSERT"],
    ]);
    assert.deepEqual(roles(found), [
      '{"name":"api","login":true}',
      '{"name":"api_web_shop","login":true,"member":["api_web_shop_update"],"connectionLimit":90,"statementTimeout":30000}',
      '{"name":"api_web_shop_update","login":false}',
    ]);
    // Later tables are not theirs.
    assert.deepEqual(found.of("DefaultPrivileges"), []);
  });

  it("that only reads has one role, with nothing to change", async () => {
    const tables = USER.tables.slice(1);
    const found = await granted(give({ ...USER, tables }));
    assert.deepEqual(
      roles(found).map((role) => (JSON.parse(role) as { name: string }).name),
      ["api", "api_web_shop"],
    );
    assert.deepEqual(
      rights(found).filter((right) => !["SELECT", "USAGE", "CONNECT"].includes(right.at(-1) as string)),
      [],
    );
  });

  it("has a Secret of its own beside the client's", async () => {
    const { secrets } = await granted(give(USER));
    assert.ok(secrets.includes("lakehouse-query/api-postgres"));
    assert.ok(secrets.includes("lakehouse-query/api-postgres-web-shop"));
  });

  it("makes a database that nobody owns, with an owner for those who make its tables", async () => {
    const { of } = await granted(give(USER));
    assert.deepEqual(
      of("Database").map(({ inputs: { name, owner } }) => [name, owner]),
      [
        ["api", "api"],
        ["shop", "shop_owner"],
      ],
    );
  });

  it("leaves a database to the service that owns it", async () => {
    const { of } = await granted((grants) => {
      grants.own(new Client("shop", "lakehouse-query"), "shop");
      give(USER)(grants);
    });
    assert.equal(of("Database").find(({ inputs }) => inputs.name === "shop")?.inputs.owner, "shop");
  });

  it("is another role in another generation, with the rights and bounds of the first", async () => {
    const found = await granted(give(USER), { generation: 2, keepPrevious: true });
    const bounds = '"connectionLimit":90,"statementTimeout":30000';
    assert.deepEqual(roles(found), [
      '{"name":"api","login":true}',
      '{"name":"api_2","login":true,"member":["api"],"assumeRole":"api"}',
      `{"name":"api_web_shop","login":true,"member":["api_web_shop_update"],${bounds}}`,
      `{"name":"api_web_shop_2","login":true,"member":["api_web_shop"],"assumeRole":"api_web_shop",${bounds}}`,
      '{"name":"api_web_shop_update","login":false}',
    ]);
    assert.equal(found.secrets.filter((name) => name.includes("web-shop")).length, 2);
    const ended = await granted(give(USER), { generation: 2, keepPrevious: false });
    assert.ok(
      roles(ended).includes(`{"name":"api_web_shop","login":false,"member":["api_web_shop_update"],${bounds}}`),
    );
  });
});
