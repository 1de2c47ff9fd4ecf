import { deepEqual, equal, ok } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { backup } from "../../../sandbox/engines/backup";
import type { Engine } from "../../../sandbox/engines/engine";
import { Client } from "../../../sandbox/engines/minio/minio";
import { command } from "../../../sandbox/engines/obtain/command";
import { superuser } from "../../../sandbox/engines/postgres/postgres";
import { makePostgresResources } from "../../../sandbox/engines/postgres/resources";
import { nodesAreReady, workerNode } from "../../../sandbox/engines/trino/trino";
import { DAY, events, insert } from "../events";
import { stage } from "./stage";

interface Fault {
  readonly name: string;
  readonly engine: (all: ReturnType<typeof stage>) => Engine;
  /** Seconds until it is restarted. */
  readonly down: number;
}

const FAULTS: readonly Fault[] = [
  { name: "the object store is down for 30 seconds", engine: ({ minio }) => minio, down: 30 },
  { name: "the database crashes", engine: ({ postgres }) => postgres.engine, down: 1 },
  { name: "the catalog crashes", engine: ({ restCatalog }) => restCatalog, down: 1 },
  { name: "the Spark driver crashes", engine: ({ spark }) => spark.engine, down: 0 },
];

describe("faults during work lose and double no data", () => {
  // Own tables, because the totals of the pipelines' tests are of other events.
  const tables = ["--source", "bronze.faults", "--target", "silver.faults", "--rejected", "silver.faults_rejected"];
  const run = ["--date", DAY, "--days", "1", ...tables];

  before(() => stage().spark.job("bronze_to_silver.py", "--ensure-only", ...tables));

  for (const [at, { name, engine, down }] of FAULTS.entries()) {
    it(name, async () => {
      const { spark, sql } = stage();
      const seed = 9000 + at;
      const { raw, valid } = events(seed, 300);
      await spark.rows(insert("lakehouse.bronze.faults", raw));
      // A failed run is repeated, as on the platform.
      const interrupted = spark.job("bronze_to_silver.py", ...run).then(
        () => "succeeded",
        () => "failed",
      );
      await sleep(1500);
      await engine(stage()).kill();
      await sleep(down * 1000);
      await engine(stage()).restart();
      console.log(`      the interrupted run ${await interrupted}`);
      await spark.job("bronze_to_silver.py", ...run);
      const counted = (table: string) =>
        sql.value(`select count(*) from lakehouse.${table} where event_id like 'e-${seed}-%'`);
      equal(await counted("bronze.faults"), raw.length);
      equal(await counted("silver.faults"), valid.length);
      const silver = "select count(distinct event_id) from lakehouse.silver.faults";
      equal(await sql.value(silver), await sql.value("select count(*) from lakehouse.silver.faults"));
    });
  }

  it("a Trino worker crashes: its query fails or is correct, and the next query is correct", async () => {
    const { ground, sql, trino } = stage();
    const join = "select count(*) from tpch.sf1.lineitem l join tpch.sf1.orders o on l.orderkey = o.orderkey";
    const gone = await workerNode(ground);
    const interrupted = sql.value(join).then(String, (error: unknown) => String(error));
    await sleep(2000);
    await trino.worker.kill();
    await trino.worker.restart();
    const answer = await interrupted;
    ok(answer === "6001215" || /REMOTE_TASK|REMOTE_HOST_GONE|NO_NODES|worker node/.test(answer), answer);
    await nodesAreReady(ground, { gone });
    equal(await sql.value("select count(*) from tpch.tiny.lineitem"), 60_175);
  });

  it("the metastore crashes, and has all tables when it is back", async () => {
    const { metastore, sql } = stage();
    await sql.rows("create schema if not exists delta.faults with (location = 's3://warehouse/faults')");
    await sql.rows("create table delta.faults.nations as select name from tpch.tiny.nation");
    await metastore.kill();
    await metastore.restart();
    equal(await sql.value("select count(*) from delta.faults.nations"), 25);
  });

  it("the metastore's backup is restored into an empty database with the same tables", async () => {
    const { database, ground, metastore, postgres, restCatalog, sql } = stage();
    const tables = async () => [
      ...(await sql.rows(
        "select table_schema, table_name from lakehouse.information_schema.tables where table_schema <> 'information_schema' order by 1, 2",
      )),
      ...(await sql.rows(
        "select table_schema, table_name from delta.information_schema.tables where table_schema <> 'information_schema' order by 1, 2",
      )),
      ...(await sql.rows("select count(*), count(distinct event_id) from lakehouse.silver.faults")),
    ];
    const before = await tables();
    ok(before.length > 4, JSON.stringify(before));
    await backup(ground, postgres);

    await metastore.stop();
    await restCatalog.stop();
    await database.admin.run("postgres", "drop database metastore with (force)");
    // The next `pulumi up` makes the database with its rights again.
    await makePostgresResources(ground, postgres, "metastore");
    const tasks = Client.of(ground, "metastore-tasks");
    const dumps = (await tasks.list("backups/hive-metastore/")).filter((name) => name.endsWith(".dump"));
    equal(dumps.length, 1);
    const dump = ground.path("backup", "restored");
    await tasks.run(["cp", `store/backups/hive-metastore/${dumps[0]!}`, dump]);
    const { password } = superuser(ground);
    await command(
      [`${postgres.bin}/pg_restore`, "--clean", "--if-exists", "--role=hive_metastore", "-d", "metastore", dump],
      { env: { ...database.admin.env("metastore"), PGPASSWORD: password } },
    );
    await Promise.all([metastore.restart(), restCatalog.restart()]);
    deepEqual(await tables(), before);
  });
});
