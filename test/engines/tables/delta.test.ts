import { deepEqual, equal, ok, rejects } from "node:assert/strict";

import { PATIENCE } from "../../../sandbox/core/until";
import { type Spark, startSpark } from "../../../sandbox/engines/spark/spark";
import { DAY, events, insert } from "../events";
import { stage } from "./stage";

const SETTINGS = JSON.stringify({ formats: { icebergVersion: 3, tables: { marts: { format: "delta" } } } });
const WINDOW = ["--date", DAY, "--days", "1"];
const TOTALS = "select event_type, cast(sum(events) as bigint) from";
const GROUPED = "group by event_type order by event_type";

/** Spark as a stack renders it whose settings choose Delta for a namespace and version 3 for Iceberg, beside the stage's own. */
describe("formats of tables that the settings choose", function () {
  this.timeout(2 * PATIENCE);
  const { raw, valid } = events(20261203, 300);
  const count = (type: string) => valid.filter((event) => event.type === type).length;
  const expected = ["buy", "click", "view"].map((type) => [type, count(type)]);
  let spark: Spark | undefined;

  const rows = (sql: string): Promise<unknown[][]> => {
    if (spark === undefined) throw new Error("Spark has not started");
    return spark.rows(sql);
  };

  before(async () => {
    const { ground } = stage();
    const rendered = await ground.rendered.having({ "lakehouse:catalog": SETTINGS });
    const own = await ground.with(rendered, "spark", "sparkUi", "sparkDriver", "sparkBlocks");
    spark = await startSpark(own, "spark-formats");
    const tables = ["--source", "bronze.marts_events", "--target", "silver.marts_events"];
    const silver = [...tables, "--rejected", "silver.marts_rejected"];
    await spark.job("bronze_to_silver.py", ...silver, "--ensure-only");
    await spark.rows(insert("lakehouse.bronze.marts_events", raw));
    await spark.job("bronze_to_silver.py", ...silver, ...WINDOW);
    await spark.job("silver_to_gold.py", "--source", "silver.marts_events", "--namespace", "marts", ...WINDOW);
  });

  after(async () => {
    await spark?.engine.stop();
  });

  describe("Delta", () => {
    let location: string;
    /** What each reader has of a table, which is one and the same. */
    const agreed = async () => {
      const { readers, sql } = stage();
      const answers = [
        await rows(`${TOTALS} spark_catalog.marts.daily_events ${GROUPED}`),
        await sql.rows(`${TOTALS} delta.marts.daily_events ${GROUPED}`),
        await readers.delta(location, `${TOTALS} t ${GROUPED}`),
      ];
      for (const answer of answers) deepEqual(answer, answers[0]);
      return answers[0];
    };

    before(async () => {
      const described = await rows("DESCRIBE TABLE EXTENDED spark_catalog.marts.daily_events");
      location = String(described.find(([name]) => name === "Location")?.[1]);
      equal(location, "s3://warehouse/tables/marts.db/daily_events");
    });

    it("Spark's job makes its table where the settings say so, with the totals of the events, as Trino, delta-rs and DuckDB read them", async () => {
      deepEqual(await agreed(), expected);
    });

    it("a second run of the job changes nothing", async () => {
      await spark?.job("silver_to_gold.py", "--source", "silver.marts_events", "--namespace", "marts", ...WINDOW);
      deepEqual(await agreed(), expected);
    });

    it("Spark reads what Trino has inserted and updated, and Trino what Spark has updated and deleted", async () => {
      const { sql } = stage();
      await sql.rows(
        "insert into delta.marts.daily_events (event_date, event_type, events, users) values (date '2026-03-09', 'view', 7, 1)",
      );
      await sql.rows("update delta.marts.daily_events set events = 9 where event_date = date '2026-03-09'");
      deepEqual(await agreed(), [...expected.slice(0, 2), ["view", count("view") + 9]]);
      await rows("UPDATE spark_catalog.marts.daily_events SET events = 20 WHERE event_date = DATE'2026-03-09'");
      deepEqual(await agreed(), [...expected.slice(0, 2), ["view", count("view") + 20]]);
      await rows("DELETE FROM spark_catalog.marts.daily_events WHERE event_date = DATE'2026-03-09'");
      deepEqual(await agreed(), expected);
    });

    it("an earlier version is read by Spark and by Trino", async () => {
      const earlier = "SELECT count(*) FROM spark_catalog.marts.daily_events VERSION AS OF 0";
      const first = "select count(*) from delta.marts.daily_events for version as of 0";
      deepEqual(await rows(earlier), [[0]]);
      deepEqual(await stage().sql.rows(first), [[0]]);
    });

    it("maintenance compacts its files by the policy, and changes no row", async () => {
      for (let day = 10; day < 16; day++)
        await rows(`INSERT INTO spark_catalog.marts.daily_users VALUES (DATE'2026-04-01', ${String(day)}, 1, 0)`);
      const policies = JSON.stringify({ marts: { "sort": "zorder(events, users)", "retain-days": 0 } });
      const lines = await spark?.job("table_maintenance.py", "--namespaces", "marts", "--policies", policies);
      const users = lines?.find(({ table }) => table === "marts.daily_users");
      ok(Number(users?.rewritten_files) >= 6, JSON.stringify(lines));
      ok(Number(users?.files) < Number(users?.files_before), JSON.stringify(users));
      deepEqual(await agreed(), expected);
      const summed = "select count(*), cast(sum(events) as bigint) from";
      const april = "where event_date = date '2026-04-01'";
      deepEqual(await stage().sql.rows(`${summed} delta.marts.daily_users ${april}`), [[6, 75]]);
    });

    it("a Spark whose settings know no Delta cannot make such a table", async () => {
      await rejects(stage().spark.rows("CREATE TABLE spark_catalog.default.other (id BIGINT) USING delta"), /delta/i);
    });
  });

  describe("Iceberg version 3", () => {
    const TABLE = "lakehouse.silver.marts_events";

    it("is what the jobs' tables are, and Spark deletes rows in it by deletion vectors", async () => {
      const [[shown]] = (await rows(`SHOW CREATE TABLE ${TABLE}`)) as [[string]];
      ok(/format-version'? = '?3/.test(shown), shown);
      await rows(`ALTER TABLE ${TABLE} SET TBLPROPERTIES ('write.delete.mode' = 'merge-on-read')`);
      await rows(`DELETE FROM ${TABLE} WHERE event_id = '${valid[0]?.id ?? ""}'`);
      deepEqual(await rows(`SELECT DISTINCT file_format FROM ${TABLE}.delete_files`), [["PUFFIN"]]);
      deepEqual(await rows(`SELECT count(*) FROM ${TABLE}`), [[valid.length - 1]]);
      const [[lineage]] = (await rows(`SELECT count(DISTINCT _row_id) FROM ${TABLE}`)) as [[number]];
      equal(lineage, valid.length - 1);
    });

    it("is refused by Trino 476, which the stack's description says", async () => {
      await rejects(stage().sql.rows(`select count(*) from ${TABLE}`), /./);
    });
  });
});
