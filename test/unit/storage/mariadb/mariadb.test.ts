import assert from "node:assert/strict";

import { monitoring } from "../../../../components/storage/mariadb/monitoring";
import { problems } from "../../../support/crd";
import { customResourceValidators } from "../../../support/upstream";
import { registered } from "./fixtures";

const DATABASES = [
  { name: "shop", follower: true },
  { name: "my_app", engines: "write" },
];
const KINDS = ["MariaDB", "Database", "User", "Grant", "PhysicalBackup"];

describe("MariaDB's resources", () => {
  it("have exactly the connections that the operator needs", async () => {
    const { links } = await registered();
    assert.deepEqual(links, [
      "api-server → mariadb-operator-webhook 9443",
      "mariadb-backup → mariadb 3306",
      "mariadb-backup → s3 443",
      "mariadb-exporter → mariadb 3306",
      "mariadb-operator → api-server 443",
      "mariadb-operator-controller → mariadb 3306",
      "mariadb-operator-controller → mariadb-agent 5555",
      "mariadb-server → api-server 443",
      "mariadb-server → mariadb-replication 3306",
    ]);
  });

  it("have neither agent nor a connection to the API server for a single server", async () => {
    const { links, access } = await registered({ server: { replicas: 1 }, backup: { method: "off" } });
    assert.deepEqual(
      links.filter((link) => /server →|agent|backup/.test(link)),
      ["api-server → mariadb-operator-webhook 9443"],
    );
    assert.equal(access.jdbcUrl, "jdbc:mariadb://mariadb.lakehouse-storage.svc:3306");
  });

  for (const [when, mariadb] of [
    ["several servers", { databases: DATABASES }],
    ["one server without copies", { server: { replicas: 1 }, backup: { method: "off" }, databases: DATABASES }],
  ] as const) {
    it(`with ${when}: the operator's CRDs accept all, without unknown fields`, async function () {
      const validators = customResourceValidators();
      if (validators === undefined) this.skip();
      const { kinds } = await registered(mariadb);
      let seen = 0;
      for (const kind of KINDS) {
        for (const { inputs, name } of kinds(kind)) {
          const validate = validators("k8s.mariadb.com/v1alpha1", kind);
          assert.deepEqual(problems(validate, inputs), [], name);
          const wrong = problems(validate, { ...inputs, spec: { ...inputs.spec, unknownField: true } });
          assert.equal(wrong.length, 1, `${name} with an unknown field passes`);
          seen += 1;
        }
      }
      assert.ok(seen > 10, String(seen));
    });
  }

  it("keep data of a database that leaves the settings, and the CRDs when the operator is removed", async () => {
    const { kinds, all } = await registered({ databases: DATABASES });
    assert.deepEqual(
      kinds("Database").map(({ inputs: { spec } }) => [spec?.name, spec?.cleanupPolicy]),
      [
        ["my_app", "Skip"],
        ["shop", "Skip"],
      ],
    );
    const releases = all.filter(({ type }) => type === "kubernetes:helm.sh/v3:Release").map(({ name }) => name);
    assert.deepEqual(releases.sort(), ["mariadb-operator", "mariadb-operator-crds"]);
  });

  it("scrape each server by its own name", () => {
    const of = monitoring({ namespace: (key) => `lakehouse-${key}` }, { server: { replicas: 3 } } as never);
    assert.deepEqual(
      of.scrapes.map(({ target }) => target),
      [0, 1, 2].map((index) => `mariadb-${String(index)}.mariadb-internal.lakehouse-storage.svc:3306`),
    );
  });
});

describe("users of MariaDB", () => {
  const grantsOf = async (mariadb: object, more: object = {}) => {
    const { kinds } = await registered(mariadb as never, more as never);
    return kinds("Grant").map(
      ({ inputs: { spec } }) =>
        `${String(spec?.username)} on ${String(spec?.database)}: ${(spec?.privileges as string[]).join(" ")}`,
    );
  };

  it("have exactly the rights of their purpose", async () => {
    assert.deepEqual((await grantsOf({ databases: DATABASES })).sort(), [
      "exporter on *: PROCESS REPLICATION CLIENT REPLICA MONITOR",
      "my_app_owner on my_app: ALL PRIVILEGES",
      "shop_follower on *: REPLICATION SLAVE REPLICATION CLIENT",
      "shop_follower on shop: SELECT LOCK TABLES",
      "shop_owner on shop: ALL PRIVILEGES",
      "trino on my_app: SELECT SHOW VIEW INSERT UPDATE DELETE CREATE ALTER DROP INDEX",
      "trino on shop: SELECT SHOW VIEW",
    ]);
  });

  it("have passwords only in Secrets: the operator's beside the server, a client's in its own namespace", async () => {
    const { all, access } = await registered({ databases: [{ name: "shop" }] });
    const secrets = all
      .filter(({ type }) => type === "kubernetes:core/v1:Secret")
      .map(({ inputs: { metadata } }) => `${String(metadata?.namespace)}/${String(metadata?.name)}`);
    assert.deepEqual(secrets.sort(), [
      "lakehouse-query/trino-mariadb",
      "lakehouse-storage/mariadb-agent",
      "lakehouse-storage/mariadb-password-exporter",
      "lakehouse-storage/mariadb-password-shop-owner",
      "lakehouse-storage/mariadb-password-trino",
      "lakehouse-storage/mariadb-replication",
      "lakehouse-storage/mariadb-root",
      "lakehouse-storage/mariadb-shop-owner",
    ]);
    assert.equal(access.secret, "trino-mariadb");
  });

  it("are two for each service during rotation, with the same rights", async () => {
    const credentials = {
      trino: { generation: 2, keepPrevious: true },
      mariadb: { generation: 2, keepPrevious: true },
    };
    const { access, kinds } = await registered({ databases: [{ name: "shop" }] }, { credentials });
    assert.equal(access.secret, "trino-mariadb-2");
    assert.deepEqual(
      kinds("User")
        .map(({ inputs: { spec } }) => spec?.name)
        .sort(),
      ["exporter", "exporter_2", "shop_owner", "shop_owner_2", "trino", "trino_2"],
    );
    const grants = await grantsOf({ databases: [{ name: "shop" }] }, { credentials });
    for (const user of ["exporter", "shop_owner", "trino"]) {
      const rights = (name: string) =>
        grants.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length));
      assert.ok(rights(user).length > 0);
      assert.deepEqual(rights(`${user}_2`), rights(user));
    }
  });
});
