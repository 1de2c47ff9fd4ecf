import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { monitoring } from "../../../components/query/clickhouse/monitoring";
import { PROJECT_FOLDER } from "../../../inputs/project";
import { Run } from "../../../sandbox/core/run";
import { PATIENCE } from "../../../sandbox/core/until";
import { ClickhouseEngine } from "../../../sandbox/engines/clickhouse/clickhouse";
import { Ground } from "../../../sandbox/engines/ground";
import { Client, startMinio } from "../../../sandbox/engines/minio/minio";
import { makeMinioResources } from "../../../sandbox/engines/minio/resources";
import { obtain } from "../../../sandbox/engines/obtain";
import { rendering } from "./clickhouse.stack";

describe("ClickHouse", function () {
  this.timeout(PATIENCE);
  let run: Run | undefined;
  let ground: Ground;
  let engine: ClickhouseEngine;

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    const tools = await obtain(() => undefined, ["minio", "python"]);
    const rendered = await rendering();
    run = Run.start("clickhouse");
    // The port of the Service: nobody else is in this network.
    ground = await Ground.of(run, rendered, tools, { s3: 9000 });
    const hosts = ground.path("hosts");
    writeFileSync(hosts, "127.0.0.1 localhost minio.lakehouse-storage.svc\n");
    await startMinio(ground, "minio", { events: false });
    await makeMinioResources(ground, { events: false });
    engine = new ClickhouseEngine(ground, hosts);
  });
  after(async () => {
    await (engine as ClickhouseEngine | undefined)?.stop();
    await run?.end();
  });

  const setup = () =>
    engine.script("Job", "clickhouse-setup", "setup", {
      mounts: {
        "/opt/lakehouse/sql": ground.write("clickhouse/sql", ground.rendered.configMap("clickhouse-setup-sql")),
      },
    });
  const backup = () => engine.script("CronJob", "clickhouse-backup", "backup");

  it("loads the rendered configuration of a server, with a bucket as the disk of its tables", async () => {
    await engine.as("admin");
    assert.equal(
      await engine.sql("SELECT name, object_storage_type FROM system.disks ORDER BY name"),
      "cached\tS3\ndefault\tNone\nobjects\tS3",
    );
    assert.equal(
      await engine.sql("SELECT value FROM system.merge_tree_settings WHERE name = 'storage_policy'"),
      "objects",
    );
  });

  it("has databases and tables of topics after the setup task, and the same ones after a second run", async () => {
    await engine.as("clickhouse");
    assert.match(await setup(), /those of the settings/);
    await setup();
    assert.deepEqual((await engine.sql("SHOW TABLES FROM shop")).split("\n"), [
      "orders",
      "orders_errors",
      "orders_failed",
      "orders_rows",
      "orders_topic",
    ]);
  });

  it("adds records of a topic to its table, and keeps invalid records beside it with the reason", async () => {
    await engine.as("admin");
    await engine.sql(
      "INSERT INTO shop.orders_topic SELECT 'b', 2.5, now64(3), 'orders', 0, 1, '', '' UNION ALL SELECT 'a', 1.25, now64(3), 'orders', 1, 7, '', ''",
    );
    await engine.sql(
      "INSERT INTO shop.orders_topic SELECT '', 0, now64(3), 'orders', 1, 8, 'no json', 'Cannot parse input'",
    );
    assert.equal(await engine.sql("SELECT order_id, amount FROM shop.orders ORDER BY order_id"), "a\t1.25\nb\t2.5");
    assert.equal(
      await engine.sql("SELECT topic, partition, offset, record, error FROM shop.orders_errors"),
      "orders\t1\t8\tno json\tCannot parse input",
    );
  });

  it("gives the stack's own tasks the rights that the settings need, and no others", async () => {
    await engine.as("clickhouse");
    for (const statement of [
      "CREATE DATABASE other",
      "DROP TABLE shop.orders",
      "CREATE TABLE web.pages (a Int8) ENGINE = Memory",
      "SELECT count() FROM system.users",
      "CREATE USER mallory",
    ])
      assert.equal(await engine.refused(statement), "ACCESS_DENIED", statement);
  });

  it("gives SQL engines access to the databases that the settings open, and to nothing else", async () => {
    await engine.as("admin");
    for (const database of ["shop", "web", "secret"]) {
      await engine.sql(`CREATE TABLE ${database}.pages (page String) ENGINE = MergeTree ORDER BY page`);
      await engine.sql(`INSERT INTO ${database}.pages VALUES ('of ${database}')`);
    }
    await engine.as("trino");
    assert.equal(
      await engine.sql("SELECT page FROM shop.pages UNION ALL SELECT page FROM web.pages ORDER BY 1"),
      "of shop\nof web",
    );
    await engine.sql("CREATE TABLE shop.made (a Int64) ENGINE = MergeTree ORDER BY a");
    await engine.sql("INSERT INTO shop.made SELECT number FROM numbers(10)");
    await engine.sql("ALTER TABLE shop.made ADD COLUMN b String");
    await engine.sql("DROP TABLE shop.made");
    for (const statement of [
      "INSERT INTO web.pages VALUES ('no')",
      "SELECT count() FROM secret.pages",
      "SELECT * FROM s3('http://minio.lakehouse-storage.svc:9000/bronze/x.csv', 'CSV', 'a String')",
      "SELECT * FROM url('http://minio.lakehouse-storage.svc:9000/', 'CSV', 'a String')",
      "CREATE DATABASE mine",
      "BACKUP DATABASE shop TO S3(backups, 'mine')",
      "GRANT SELECT ON web.* TO admin",
    ])
      assert.equal(await engine.refused(statement), "ACCESS_DENIED", statement);
    assert.equal(
      await engine.sql("SELECT name FROM system.databases WHERE name IN ('shop', 'web', 'secret') ORDER BY name"),
      "shop\nweb",
    );
  });

  it("limits memory and time of a client's statement, and loads the quota of each user", async () => {
    await engine.as("trino");
    assert.equal(await engine.sql("SELECT getSetting('max_execution_time')"), "30");
    assert.equal(await engine.refused("SELECT 1 SETTINGS max_execution_time = 3600"), "SETTING_CONSTRAINT_VIOLATION");
    assert.equal(
      await engine.refused("SELECT 1 SETTINGS max_memory_usage = 100000000000"),
      "SETTING_CONSTRAINT_VIOLATION",
    );
    assert.equal(await engine.sql("SELECT 1 SETTINGS max_execution_time = 5"), "1");
    const most = (await engine.sql("SELECT getSetting('max_memory_usage')")) || "0";
    assert.equal(Number(most), 683_671_552);
    // The library loads quotas and counts nothing for them.
    await engine.as("admin");
    const quotas = await engine.sql(
      "SELECT name, max_queries, arraySort(apply_to_list) FROM system.quotas JOIN system.quota_limits ON name = quota_name WHERE name LIKE 'lakehouse%' ORDER BY name",
    );
    assert.match(quotas, /^lakehouse_clients\t12\t\['trino','trino-2'\]$/m);
    assert.match(quotas, /^lakehouse_free\t\\N\t\['admin-2','clickhouse','clickhouse-2','default'\]$/m);
  });

  it("rejects a wrong password, and has no password in mounted files or in the process list", async () => {
    await assert.rejects(engine.as("trino", false), /Authentication failed/);
    await engine.as("admin");
    const seen = [
      engine.users,
      JSON.stringify(ground.rendered.object("ClickHouseInstallation", "clickhouse")),
      JSON.stringify(ground.rendered.object("ClickHouseKeeperInstallation", "clickhouse")),
      readFileSync(`/proc/${String(engine.pid)}/cmdline`, "utf8"),
    ].join("\n");
    for (const secret of ["clickhouse-admin", "clickhouse-login", "trino-clickhouse", "clickhouse-operator-login"])
      assert.ok(!seen.includes(ground.rendered.secret(secret, "password")), secret);
    assert.ok(!seen.includes(ground.rendered.secret("clickhouse-s3", "SecretKey")));
  });

  it("accepts the next generation before its first pod starts, and rejects an ended one", async () => {
    const known = async (credentials: object) => {
      engine.rendered = await ground.rendered.having({
        "lakehouse:credentials": JSON.stringify({ trino: credentials }),
      });
      await engine.as("admin");
      return (await engine.sql("SELECT name FROM system.users WHERE name LIKE 'trino%' ORDER BY name")).split("\n");
    };
    try {
      assert.deepEqual(await known({ generation: 1 }), ["trino", "trino-2"]);
      const before = /<trino-2>[^]*?<\/trino-2>/.exec(engine.users)?.[0];
      assert.deepEqual(await known({ generation: 2, keepPrevious: true }), ["trino", "trino-2", "trino-3"]);
      // The same user with the same password, whom servers knew before.
      assert.equal(/<trino-2>[^]*?<\/trino-2>/.exec(engine.users)?.[0], before);
      assert.deepEqual(await known({ generation: 2 }), ["trino-2", "trino-3"]);
      await engine.as("trino-2");
      assert.equal(await engine.sql("SELECT page FROM web.pages"), "of web");
      assert.equal(await engine.refused("SELECT page FROM secret.pages"), "ACCESS_DENIED");
    } finally {
      engine.rendered = ground.rendered;
    }
  });

  it("stores rows as objects below its own prefix, and has access to no other prefix", async () => {
    const root = Client.root(ground);
    const objects = await root.list("services");
    assert.ok(objects.length > 5, String(objects.length));
    assert.deepEqual(
      objects.filter((key) => !key.startsWith("clickhouse/0/chi-clickhouse-main-0-0/")),
      [],
    );
    await root.put("services/druid/of-another", "1");
    await root.put("backups/postgres/of-another", "1");
    await engine.as("admin");
    for (const place of ["services/druid/of-another", "backups/postgres/of-another"])
      assert.match(
        await engine.refused(`SELECT * FROM s3('http://minio.lakehouse-storage.svc:9000/${place}', 'CSV', 'a String')`),
        /S3_ERROR/,
        place,
      );
  });

  it("keeps acknowledged rows when it is killed, and reads them without its cache", async () => {
    await engine.as("admin");
    await engine.sql("CREATE TABLE shop.clicks (number UInt64) ENGINE = MergeTree ORDER BY number");
    for (let at = 0; at < 5; at += 1)
      await engine.sql(`INSERT INTO shop.clicks SELECT number FROM numbers(${String(at * 1000)}, 1000)`);
    await engine.stop("SIGKILL");
    rmSync(join(engine.volume, "caches"), { recursive: true });
    await engine.as("admin");
    assert.equal(
      await engine.sql("SELECT count(), uniqExact(number), sum(number) FROM shop.clicks"),
      "5000\t5000\t12497500",
    );
  });

  it("copies all databases by the backup task: in full, then incrementally, and in full again after a broken copy", async () => {
    const copies = async () =>
      [
        ...new Set(
          (await Client.root(ground).list("backups/clickhouse")).map((key) => key.split("/").slice(0, 2).join("/")),
        ),
      ].sort();
    const size = async (copy: string) =>
      (await Client.root(ground).list(`backups/clickhouse/${copy}`)).filter((key) => key.includes("/clicks/")).length;
    await engine.as("clickhouse");
    // What is copied of users by SQL is in tables that the library lacks: the task says so, and its copy of the rows is there.
    await assert.rejects(backup(), /people: .*UNKNOWN_TABLE/s);
    const [full = "", ...none] = await copies();
    assert.match(full, /^\d{4}-W\d{2}\/full$/);
    assert.deepEqual(none, []);
    await engine.as("admin");
    await engine.sql("INSERT INTO shop.clicks SELECT number FROM numbers(5000, 1000)");
    await engine.as("clickhouse");
    await assert.rejects(backup(), /people: /);
    const [later = ""] = (await copies()).filter((copy) => copy !== full);
    assert.ok((await size(later)) < (await size(full)), `${later} is as large as ${full}`);
    await engine.as("admin");
    await engine.sql("DROP DATABASE shop");
    await engine.sql(`RESTORE DATABASE shop FROM S3(backups, '${later}')`);
    assert.equal(await engine.sql("SELECT count(), sum(number) FROM shop.clicks"), "6000\t17997000");
    await engine.sql(`RESTORE TABLE shop.clicks AS shop.clicks_before FROM S3(backups, '${full}')`);
    assert.equal(await engine.sql("SELECT count() FROM shop.clicks_before"), "5000");
    // As one that was broken off: its files are there, and what says that it is whole is not.
    await Client.root(ground).remove(`backups/clickhouse/${full}/.backup`);
    await Client.root(ground).put(`backups/clickhouse/${full}/.lock`, "of another");
    await engine.as("clickhouse");
    await assert.rejects(backup(), /people: /);
    const anew = (await copies()).filter((copy) => ![full, later].includes(copy));
    assert.equal(anew.length, 1, anew.join());
    assert.match(anew[0] ?? "", /-full$/);
  });

  it("has every event and metric that alerts and panels of a server use", async () => {
    await engine.as("admin");
    const names = new Set<string>();
    for (const name of (await engine.sql("SELECT metric FROM system.metrics")).split("\n"))
      names.add(`ClickHouseMetrics_${name}`);
    const events = await engine.sql("SELECT event FROM system.events SETTINGS system_events_show_zero_values = 1");
    for (const name of events.split("\n")) names.add(`ClickHouseProfileEvents_${name}`);
    const expressions = [...monitoring.alerts, ...monitoring.panels].map(({ expr }) => expr).join("\n");
    // Figures that a server computes at times are not the library's.
    const asked = [
      ...new Set([...expressions.matchAll(/ClickHouse(Metrics|ProfileEvents)_\w+/g)].map(([name]) => name)),
    ];
    assert.ok(asked.length >= 7, String(asked.length));
    assert.deepEqual(
      asked.filter((name) => !names.has(name)),
      [],
    );
  });

  it("parses every statement of the runbooks", async () => {
    const page = readFileSync(join(PROJECT_FOLDER, "docs/systems/clickhouse.md"), "utf8");
    const asked = [...page.matchAll(/-- clickhouse-client --query "(.*)"$/gm)].map(([, statement = ""]) => statement);
    assert.ok(asked.length >= 7, String(asked.length));
    await engine.as("admin");
    for (const statement of asked) {
      const answer = await engine.ask(`EXPLAIN AST ${statement}`);
      assert.ok(!("error" in answer), `${statement}: ${JSON.stringify(answer)}`);
    }
  });
});
