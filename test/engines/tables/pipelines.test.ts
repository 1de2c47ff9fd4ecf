import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { basename } from "node:path";

import { dailyEvents, DAY, events, insert } from "../events";
import { stage } from "./stage";

const WINDOW = ["--date", DAY, "--days", "1"];

describe("the medallion, from bronze to gold", () => {
  const { raw, valid, refused } = events(20260305, 900);

  before(async () => {
    const { spark } = stage();
    await spark.job("bronze_to_silver.py", "--ensure-only");
    await spark.rows(insert("lakehouse.bronze.events", raw));
    const [silver] = await spark.job("bronze_to_silver.py", ...WINDOW);
    deepEqual([silver?.read, silver?.inserted, silver?.rejected], [raw.length, valid.length, refused]);
    await spark.job("silver_to_gold.py", ...WINDOW);
  });

  it("gold has the totals of the events, as Trino reads them", async () => {
    const rows = await stage().sql.rows(
      "select cast(event_date as varchar), event_type, events, users from lakehouse.gold.daily_events order by 1, 2",
    );
    deepEqual(rows, dailyEvents(valid));
  });

  it("gold has the same totals in PyIceberg and DuckDB, which share no code with Spark and Trino", async () => {
    const rows = await stage().readers.iceberg(
      "gold.daily_events",
      "select cast(event_date as varchar), event_type, events, users from t order by 1, 2",
    );
    deepEqual(rows, dailyEvents(valid));
  });

  it("gold has the same totals in the ClickHouse engine", async () => {
    const rows = await stage().readers.clickhouse(
      "select toString(event_date), event_type, toInt32(events), toInt32(users) from icebergS3('@endpoint/gold/daily_events/', @key) order by 1, 2",
    );
    deepEqual(rows, dailyEvents(valid));
  });

  it("each layer is in its own bucket", async () => {
    for (const layer of ["bronze", "silver", "gold"]) {
      const location = String(
        await stage().sql.value(
          `select "$path" from lakehouse.${layer}.${layer === "gold" ? "daily_users" : "events"} limit 1`,
        ),
      );
      ok(location.startsWith(`s3://${layer}/`), location);
    }
  });

  it("a second run changes nothing", async () => {
    const [silver] = await stage().spark.job("bronze_to_silver.py", ...WINDOW);
    deepEqual([silver?.inserted, silver?.updated, silver?.unchanged], [0, 0, valid.length]);
  });

  it("a new column of bronze is in silver after the next run, without rewriting old files", async () => {
    const { spark, sql } = stage();
    await spark.rows("ALTER TABLE lakehouse.bronze.events ADD COLUMN country STRING");
    await spark.rows(
      `INSERT INTO lakehouse.bronze.events SELECT 'e-new', TIMESTAMP '2026-03-04 10:00:00 UTC', 'u1', 'buy', '{}', TIMESTAMP '${DAY} 10:00:00 UTC', 'NL'`,
    );
    await spark.job("bronze_to_silver.py", ...WINDOW);
    const rows = await sql.rows(
      "select country, count(*) from lakehouse.silver.events group by 1 order by 1 nulls last",
    );
    deepEqual(rows, [
      ["NL", 1],
      [null, valid.length],
    ]);
  });

  it("both engines read an earlier snapshot of the table", async () => {
    const { spark, sql } = stage();
    const first = String(
      await sql.value(
        `select cast(snapshot_id as varchar) from lakehouse.silver."events$snapshots" where operation = 'append' or operation = 'overwrite' order by committed_at limit 1`,
      ),
    );
    equal(await sql.value(`select count(*) from lakehouse.silver.events for version as of ${first}`), valid.length);
    deepEqual(await spark.rows(`SELECT count(*) FROM lakehouse.silver.events VERSION AS OF ${first}`), [
      [valid.length],
    ]);
    equal(await sql.value("select count(*) from lakehouse.silver.events"), valid.length + 1);
  });

  it("a look between two runs tells tables with too many small files, and changes nothing", async () => {
    const { ground, spark, sql } = stage();
    const looking = await ground.rendered.having({
      "lakehouse:compute": JSON.stringify({ spark: { maintenance: { lookHours: 1, lateFiles: 1 } } }),
    });
    const { template } = looking.object("ScheduledSparkApplication", "table-look").spec as {
      readonly template: { readonly mainApplicationFile: string; readonly arguments: readonly string[] };
    };
    const file = basename(template.mainApplicationFile);
    const files = () => sql.value('select count(*) from lakehouse.silver."events$files"');
    const before = await files();
    ok(Number(before) > 1);
    await rejects(spark.job(file, ...template.arguments), /SystemExit: 1/);
    equal(await files(), before);
    const counted = await spark.job(file, ...template.arguments, "--late-files", "9999");
    const silver = counted.find(({ table }) => table === "silver.events");
    deepEqual([silver?.job, silver?.small_files], ["table_look", before]);
  });

  it("maintenance compacts files and expires old snapshots, and changes no row", async () => {
    const { spark, sql } = stage();
    const rows = () => sql.rows("select event_id, user_id, country from lakehouse.silver.events order by 1");
    const before = await rows();
    const keep = ["--retain-days", "0", "--retain-snapshots", "1", "--min-input-files", "2"];
    const reports = await spark.job("table_maintenance.py", "--namespaces", "silver,gold", ...keep);
    deepEqual(
      reports.filter(({ error }) => error !== undefined),
      [],
    );
    const silver = reports.find(({ table }) => table === "silver.events");
    equal(silver?.snapshots, 1);
    ok(Number(silver.snapshots_before) > 1, "there were snapshots to expire");
    ok(
      Number(silver.files) < Number(silver.files_before),
      `${String(silver.files)} of ${String(silver.files_before)} files`,
    );
    deepEqual(await rows(), before);
  });
});
