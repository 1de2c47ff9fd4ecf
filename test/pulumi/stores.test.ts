import assert from "node:assert/strict";

import { Run } from "../../sandbox/core/run";
import { Ground } from "../../sandbox/engines/ground";
import { Client, startMinio } from "../../sandbox/engines/minio/minio";
import { obtain } from "../../sandbox/engines/obtain";
import { login, type Postgres, Sql, startPostgres, superuser } from "../../sandbox/engines/postgres/postgres";
import { Rendered } from "../../sandbox/engines/rendered";
import { Engine, officialPlugin, pulumiCli } from "./engine";

const PLUGINS = ["minio", "postgresql"] as const;
const DENIED = /Access Denied|AccessDenied|Insufficient permissions/;
/** Password that the stand-in for the random plugin generates, and that the servers are started with. */
const generated = (value: string) => (resource: string) => `${value}-${resource}`;
const FIRST = "canary-4be1f07d";
const SECOND = "canary-second";

describe("Pulumi's own plugins on a real object store and a real PostgreSQL: a laptop's stack", function () {
  let run: Run;
  let ground: Ground;
  let database: Postgres;
  let engine: Engine;
  before(async function () {
    const found = pulumiCli();
    const lacking = PLUGINS.filter((name) => !officialPlugin(name));
    if ("missing" in found || lacking.length > 0) {
      const what =
        "missing" in found ? found.missing : `no pulumi-resource-${lacking.join(", no pulumi-resource-")} on the PATH`;
      console.warn(`    SKIPPED: ${what}`);
      return this.skip();
    }
    const tools = await obtain(console.warn);
    run = Run.start("stores");
    ground = await Ground.of(run, await Rendered.of("dev", generated(FIRST)), tools);
    [, database] = await Promise.all([startMinio(ground), startPostgres(ground)]);
    engine = new Engine(found, { official: PLUGINS });
    engine.stack("dev", "dev", here);
  });
  after(async () => {
    (engine as Engine | undefined)?.end();
    await (run as Run | undefined)?.end();
  });

  /** The stack's settings with the addresses of the servers on this machine. */
  const here = (text: string) =>
    text
      .replace("port: 30900", `port: ${String(ground.ports.s3)}`)
      .replace("port: 30432", `port: ${String(ground.ports.postgres)}, sslMode: disable`);
  const up = (...more: string[]) => {
    const ran = engine.run(["up", "--stack", "dev", "--yes", "--skip-preview", ...more]);
    const errors = (ran.stdout + ran.stderr).split("\n").filter((line) => line.includes("error"));
    assert.equal(ran.status, 0, errors.join("\n"));
    return ran.stdout;
  };
  const store = (service: string) => Client.of(ground, service);
  const sql = (service: string, from = ground) => new Sql(from, database.bin, login(from, service));
  const admin = () => new Sql(ground, database.bin, superuser(ground));

  it("create buckets, users, policies, roles and databases in one up, and change nothing in a second", async () => {
    up();
    const root = Client.root(ground);
    for (const bucket of ["bronze", "silver", "gold", "warehouse", "backups"]) await root.put(`${bucket}/seen`, bucket);
    assert.doesNotMatch(up(), / (created|updated|replaced|deleted) /);
  });

  it("give services their granted rights, and no others", async () => {
    assert.equal(await store("trino").get("silver/seen"), "silver");
    await store("spark").put("bronze/new", "1");
    await assert.rejects(store("trino").put("bronze/new", "2"), DENIED);
    await assert.rejects(store("spark").remove("bronze/new"), DENIED);
    await assert.rejects(store("trino").get("backups/seen"), DENIED);
    await sql("trino").run("analytics", "create schema mine; drop schema mine");
    await assert.rejects(sql("trino").run("metastore", "select 1"), /permission denied/);
    await assert.rejects(sql("hive-metastore").run("analytics", "select 1"), /permission denied/);
  });

  it("restore a role's right that was revoked by hand", async () => {
    await admin().run("postgres", "alter role trino nologin");
    await assert.rejects(sql("trino").run("analytics", "select 1"), /not permitted to log in/);
    engine.run(["refresh", "--stack", "dev", "--yes", "--skip-preview"]);
    up();
    assert.equal(await sql("trino").run("analytics", "select 1"), "1");
  });

  it("switch to another generation of credentials, and back: both are valid, then the new one only", async () => {
    const go = (trino: object) => {
      engine.configure(
        "dev",
        "dev",
        (text) => `${here(text)}\n  lakehouse:credentials: ${JSON.stringify({ trino })}\n`,
      );
      up();
    };
    const next = await ground.with(
      await ground.rendered.having({ "lakehouse:credentials": JSON.stringify({ trino: { generation: 2 } }) }),
    );
    const young = {
      objects: Client.of(next, "trino", "-2"),
      rows: new Sql(next, database.bin, login(next, "trino", "-2")),
    };
    await sql("trino").run("analytics", "create table kept (id int)");

    go({ generation: 2, keepPrevious: true });
    assert.equal(await young.objects.get("silver/seen"), "silver");
    assert.equal(await store("trino").get("silver/seen"), "silver");
    await young.rows.run("analytics", "insert into kept values (1); create table made (id int)");
    await sql("trino").run("analytics", "insert into made select id from kept");

    go({ generation: 2 });
    assert.equal(await young.objects.get("silver/seen"), "silver");
    assert.equal(await young.rows.run("analytics", "select count(*) from kept, made"), "1");
    await assert.rejects(sql("trino").run("analytics", "select 1"), /not permitted to log in|authentication failed/);
    await assert.rejects(store("trino").get("silver/seen"), /access key|signature|Access Denied/i);

    engine.configure("dev", "dev", here);
    up();
    await assert.rejects(young.rows.run("analytics", "select 1"), /authentication failed/);
    await sql("trino").run("analytics", "drop table kept, made");
    assert.equal(await store("trino").get("silver/seen"), "silver");
  });

  it("rotate a password: the new one is valid, the old one is not", async () => {
    const urns = engine
      .resources("dev")
      .map(({ urn }) => urn)
      .filter((urn) => urn.endsWith("::trino-s3") || urn.endsWith("::trino-postgres"))
      .filter((urn) => urn.includes("RandomPassword"));
    assert.equal(urns.length, 2);
    const replace = urns.flatMap((urn) => ["--replace", urn]);
    const ran = engine.run(["up", "--stack", "dev", "--yes", "--skip-preview", ...replace], {
      STANDIN_GENERATED: SECOND,
    });
    assert.equal(ran.status, 0, ran.stdout.slice(-2000));
    const rotated = await ground.with(await Rendered.of("dev", generated(SECOND)));
    assert.equal(await sql("trino", rotated).run("analytics", "select 1"), "1");
    assert.equal(await Client.of(rotated, "trino").get("silver/seen"), "silver");
    await assert.rejects(sql("trino").run("analytics", "select 1"), /password authentication failed/);
    await assert.rejects(store("trino").get("silver/seen"), /signature|Access Denied/i);
    assert.equal(await store("spark").get("silver/seen"), "silver");
  });
});
