import { deepEqual, equal, ok, rejects } from "node:assert/strict";

import { Client } from "../../../sandbox/engines/minio/minio";
import { DENIED, objectRights } from "../object-rights";
import { stage } from "./stage";

describe("rights on the real object store, with the users and policies of the stack", () => {
  const as = (service: string) => Client.of(stage().ground, service);

  objectRights(() => ({
    root: Client.root(stage().ground),
    as: (service, secret) => (secret === undefined ? as(service) : Client.as(stage().ground, service, secret)),
    address: stage().ground.at("s3"),
  }));

  it("Trino cannot write to a table of bronze", async () => {
    const { spark, sql } = stage();
    await spark.job("bronze_to_silver.py", "--ensure-only");
    const events = () => sql.value("select count(*) from lakehouse.bronze.events");
    const before = await events();
    await rejects(
      sql.rows("insert into lakehouse.bronze.events (event_id) values ('refused')"),
      /WRITER_CLOSE_ERROR|denied/i,
    );
    equal(await events(), before);
  });

  it("only the administrator makes users, policies or buckets", async () => {
    await rejects(as("spark").run(["admin", "user", "list", "store"]), DENIED);
    await rejects(as("spark").run(["mb", "store/mine"]), DENIED);
  });

  it("buckets have the rendered versioning of bronze, object lock of backups, and lifecycles", async () => {
    const root = Client.root(stage().ground);
    equal(
      (JSON.parse(await root.run(["version", "info", "--json", "store/bronze"])) as { versioning: { status: string } })
        .versioning.status,
      "Enabled",
    );
    ok((await root.run(["retention", "info", "--default", "store/backups"])).includes("GOVERNANCE"));
    for (const { bucket, rules } of stage().ground.rendered.resources<{ bucket: string; rules: { id: string }[] }>(
      "minio",
      "ilmPolicy",
    )) {
      const { config } = JSON.parse(await root.run(["ilm", "rule", "ls", "--json", `store/${bucket}`])) as {
        config: { Rules: { ID: string }[] };
      };
      deepEqual(config.Rules.map(({ ID }) => ID).toSorted(), rules.map(({ id }) => id).toSorted(), bucket);
    }
  });
});

describe("rights on the real database, with the roles of the stack", () => {
  const as = (service: string) => stage().database.as(service);

  it("each owner works in its own database", async () => {
    await as("trino").run("analytics", "create table mine (id int); insert into mine values (1); drop table mine");
    ok(Number(await as("hive-metastore").run("metastore", 'select count(*) from "DBS"')) > 0);
  });

  it("no role reads, changes or drops another's data", async () => {
    await rejects(as("trino").run("metastore", "select 1"), /permission denied for database/);
    await rejects(as("hive-metastore").run("analytics", "select 1"), /permission denied for database/);
    await rejects(as("trino").run("postgres", "drop database metastore"), /must be owner/);
    await rejects(as("hive-metastore").run("postgres", "drop database analytics"), /must be owner/);
  });

  it("no role makes roles or databases, or reads the server's files", async () => {
    for (const service of ["trino", "hive-metastore"]) {
      await rejects(as(service).run("postgres", "create role more superuser"), /permission denied to create role/);
      await rejects(as(service).run("postgres", "create database more"), /permission denied to create database/);
      const read = "select pg_read_file('postgresql.conf')";
      await rejects(as(service).run("postgres", read), /permission denied for function pg_read_file/);
    }
  });

  it("a changed password applies to the next login, and open connections keep working", async () => {
    const { database, sql } = stage();
    const analytics = "select count(*) from postgres.information_schema.schemata";
    ok(Number(await sql.value(analytics)) > 0);
    const held = database.as("trino").run("analytics", "select pg_sleep(3); select 'still here'");
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const old = stage().ground.rendered.secret("trino-postgres", "password");
    try {
      await database.admin.run("postgres", "alter role trino password 'rotated'");
      await rejects(database.as("trino").run("analytics", "select 1"), /password authentication failed/);
      equal(await held, "still here");
    } finally {
      await database.admin.run("postgres", `alter role trino password '${old}'`);
    }
    ok(Number(await sql.value(analytics)) > 0);
  });
});
