import assert from "node:assert/strict";

import type { DatabaseGrants } from "../../../../components/storage/postgres/access";
import { Client, granted } from "./granted";

describe("reading a database", () => {
  it("covers existing tables and later ones of the owner, without changes", async () => {
    const { of } = await granted((grants) => {
      grants.own(new Client("app", "lakehouse-query"), "shop");
      grants.read(new Client("dump", "lakehouse-catalog"), "shop");
    });
    const role = of("Role").find(({ name }) => name === "dump")?.inputs;
    assert.deepEqual([role?.login, role?.replication, role?.superuser], [true, undefined, undefined]);
    const rights = [...of("Grant"), ...of("DefaultPrivileges")].filter(({ inputs }) => inputs.role === "dump");
    assert.deepEqual(
      rights.map(({ inputs }) => [inputs.objectType, inputs.privileges]),
      [
        ["database", ["CONNECT"]],
        ["schema", ["USAGE"]],
        ["sequence", ["SELECT"]],
        ["table", ["SELECT"]],
        ["sequence", ["SELECT"]],
        ["table", ["SELECT"]],
      ],
    );
  });
});

describe("change data capture of a database", () => {
  it("makes a role that can replicate and read, a publication, and the name of a slot that the client makes", async () => {
    const { of } = await granted((grants) => {
      grants.own(new Client("app", "lakehouse-query"), "shop");
      const access = grants.replicate(new Client("connect", "lakehouse-streaming"), "shop");
      assert.deepEqual(
        [access.publication, access.slot, access.secret],
        ["connect_shop", "connect_shop", "connect-postgres"],
      );
    });
    const role = of("Role").find(({ name }) => name === "connect")?.inputs;
    assert.deepEqual([role?.name, role?.replication, role?.login, role?.superuser], ["connect", true, true, undefined]);
    assert.equal(of("Role").find(({ name }) => name === "app")?.inputs.replication, undefined);
    assert.deepEqual(
      of("Publication").map(({ inputs }) => [inputs.name, inputs.database, inputs.allTables]),
      [["connect_shop", "shop", true]],
    );
    // The provider cannot make a slot that is synchronised to standbys.
    assert.deepEqual(of("ReplicationSlot"), []);
    assert.deepEqual(
      of("Grant")
        .map(({ inputs }) => [inputs.role, inputs.objectType, inputs.privileges])
        .sort(),
      [
        ["connect", "database", ["CONNECT"]],
        ["connect", "schema", ["USAGE"]],
        ["connect", "sequence", ["SELECT"]],
        ["connect", "table", ["SELECT"]],
        ["public", "database", []],
      ],
    );
    // The owner's later tables are readable too.
    assert.deepEqual(
      of("DefaultPrivileges").map(({ name, inputs }) => [name, inputs.owner, inputs.role, inputs.privileges]),
      [
        ["connect-shop-sequence-default", "app", "connect", ["SELECT"]],
        ["connect-shop-table-default", "app", "connect", ["SELECT"]],
      ],
    );
  });

  it("makes a database without an owner in the stack, with an owner whose password is beside the server", async () => {
    const { of, secrets } = await granted((grants) => {
      grants.replicate(new Client("connect", "lakehouse-streaming"), "web_shop");
    });
    assert.deepEqual(
      of("Database").map(({ inputs }) => [inputs.name, inputs.owner]),
      [["web_shop", "web_shop_owner"]],
    );
    assert.deepEqual(secrets, ["lakehouse-storage/postgres-owner-web-shop", "lakehouse-streaming/connect-postgres"]);
  });

  it("of two databases makes one role and one password", async () => {
    const slots: string[] = [];
    const { of, secrets } = await granted((grants) => {
      const client = new Client("connect", "lakehouse-streaming");
      for (const database of ["a", "b"]) slots.push(grants.replicate(client, database).slot);
    });
    assert.deepEqual(
      of("Role").map(({ name }) => name),
      ["a-owner", "b-owner", "connect"],
    );
    assert.equal(secrets.filter((name) => name === "lakehouse-streaming/connect-postgres").length, 1);
    assert.deepEqual(slots, ["connect_a", "connect_b"]);
  });
});

describe("another generation of credentials", () => {
  const own = (grants: DatabaseGrants) => {
    const { secret } = grants.own(new Client("app", "lakehouse-query"), "shop");
    assert.match(secret, /^app-postgres-[23]$/);
  };
  const roles = ({ of }: Awaited<ReturnType<typeof granted>>) =>
    of("Role").map(({ inputs: { name, login, password, roles: member, assumeRole } }) => ({
      name,
      login,
      password: password !== undefined,
      ...(member === undefined ? {} : { member, assumeRole }),
    }));

  it("is a member role that acts as the owner, beside the previous generation", async () => {
    const found = await granted(own, { generation: 2, keepPrevious: true });
    assert.deepEqual(roles(found), [
      { name: "app", login: true, password: true },
      { name: "app_2", login: true, password: true, member: ["app"], assumeRole: "app" },
    ]);
    assert.deepEqual(found.secrets, ["lakehouse-query/app-postgres", "lakehouse-query/app-postgres-2"]);
    assert.deepEqual(
      found.of("Database").map(({ inputs }) => inputs.owner),
      ["app"],
    );
  });

  it("leaves the owner without a password once the previous generation has ended", async () => {
    const found = await granted(own, { generation: 3, keepPrevious: false });
    assert.deepEqual(roles(found), [
      { name: "app", login: false, password: false },
      { name: "app_3", login: true, password: true, member: ["app"], assumeRole: "app" },
    ]);
    assert.deepEqual(found.secrets, ["lakehouse-query/app-postgres-3"]);
  });

  it("can replicate if the service does, because members do not inherit that", async () => {
    const replicate = (grants: DatabaseGrants) => {
      grants.replicate(new Client("connect", "lakehouse-streaming"), "shop");
    };
    const { of } = await granted(replicate, { generation: 2, keepPrevious: false });
    assert.equal(of("Role").find(({ name }) => name === "connect-2")?.inputs.replication, true);
  });
});
