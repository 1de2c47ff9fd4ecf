import { deepEqual, equal, ok, rejects } from "node:assert/strict";

import { Client } from "../../../sandbox/engines/minio/minio";
import { stage } from "./stage";

const DENIED = /Access Denied|AccessDenied|Insufficient permissions/i;

describe("rights on the real object store, with the users and policies of the stack", () => {
  const as = (service: string) => Client.of(stage().ground, service);

  before(async () => {
    const root = Client.root(stage().ground);
    await Promise.all(
      ["bronze", "silver", "gold", "warehouse"].map((bucket) => root.put(`${bucket}/rights/seen`, bucket)),
    );
    await root.put("backups/others/seen", "another's");
  });

  it("Spark reads and writes every layer", async () => {
    for (const bucket of ["bronze", "silver", "gold", "warehouse"]) {
      await as("spark").put(`${bucket}/rights/spark`, "spark");
      equal(await as("spark").get(`${bucket}/rights/spark`), "spark");
    }
  });

  it("Spark, the metastore and Trino cannot delete in bronze; elsewhere Spark can", async () => {
    for (const service of ["spark", "hive-metastore", "trino"]) {
      await rejects(as(service).remove("bronze/rights/seen"), DENIED, service);
    }
    await as("spark").remove("silver/rights/spark");
    equal(await as("spark").get("bronze/rights/seen"), "bronze");
  });

  it("Trino reads bronze and silver, and writes only gold and the warehouse", async () => {
    equal(await as("trino").get("silver/rights/seen"), "silver");
    for (const bucket of ["bronze", "silver"])
      await rejects(as("trino").put(`${bucket}/rights/trino`, "no"), DENIED, bucket);
    for (const bucket of ["gold", "warehouse"]) await as("trino").put(`${bucket}/rights/trino`, "yes");
  });

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

  it("the backup's user has access to its own prefix only", async () => {
    const backup = as("metastore-tasks");
    await backup.put("backups/hive-metastore/rights", "dump");
    deepEqual(await backup.list("backups/hive-metastore/rights"), ["rights"]);
    await rejects(backup.get("backups/others/seen"), DENIED);
    await rejects(backup.list("backups/others/"), DENIED);
    for (const bucket of ["bronze", "gold"]) await rejects(backup.get(`${bucket}/rights/seen`), DENIED, bucket);
  });

  it("no engine reads the backups", async () => {
    for (const service of ["spark", "trino", "hive-metastore"])
      await rejects(as(service).get("backups/others/seen"), DENIED, service);
  });

  it("a client without a user lists and reads nothing", async () => {
    const address = `http://${stage().ground.at("s3")}`;
    for (const path of ["/", "/bronze", "/bronze?list-type=2", "/bronze/rights/seen", "/backups"]) {
      equal((await fetch(`${address}${path}`)).status, 403, path);
    }
  });

  it("a wrong secret is refused", async () => {
    await rejects(
      new Client(stage().ground, "spark", "wrong-secret-wrong").get("bronze/rights/seen"),
      /signature|access key/i,
    );
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

  it("the user that wrote a locked backup cannot destroy it", async () => {
    const backup = as("metastore-tasks");
    await backup.put("backups/hive-metastore/locked", "dump");
    await rejects(
      backup.run(["rm", "--versions", "--force", "store/backups/hive-metastore/locked"]),
      /WORM|denied|locked/i,
    );
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
