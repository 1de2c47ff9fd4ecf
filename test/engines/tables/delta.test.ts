import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";

import { PATIENCE } from "../../../sandbox/core/until";
import { type Spark, startSpark } from "../../../sandbox/engines/spark/spark";
import { DAY, events, insert } from "../events";
import { stage } from "./stage";

const SETTINGS = JSON.stringify({ formats: { tables: { marts: { format: "delta" } } } });
const TOTALS = "select event_type, cast(sum(events) as bigint) from";
const GROUPED = "group by event_type order by event_type";

/** Spark with Delta as a stack renders it whose settings say that a namespace is Delta, beside the stage's own. */
describe("Delta tables of Spark", function () {
  this.timeout(2 * PATIENCE);
  const { raw, valid } = events(20261203, 300);
  const expected = ["buy", "click", "view"].map((type) => [type, valid.filter((event) => event.type === type).length]);
  let spark: Spark;

  before(async () => {
    const { ground } = stage();
    const rendered = await ground.rendered.having({ "lakehouse:catalog": SETTINGS });
    spark = await startSpark(
      await ground.with(rendered, "spark", "sparkUi", "sparkDriver", "sparkBlocks"),
      "spark-delta",
    );
    const own = ["--source", "bronze.delta_events", "--target", "silver.delta_events"];
    await spark.job("bronze_to_silver.py", ...own, "--rejected", "silver.delta_rejected", "--ensure-only");
    await spark.rows(insert("lakehouse.bronze.delta_events", raw));
    const window = ["--date", DAY, "--days", "1"];
    await spark.job("bronze_to_silver.py", ...own, "--rejected", "silver.delta_rejected", ...window);
    await spark.job("silver_to_gold.py", "--source", "silver.delta_events", "--namespace", "marts", ...window);
  });

  after(async () => {
    await spark.engine.stop();
  });

  it("are made by the job where the settings say so, with the totals of the events, as Trino, delta-rs and DuckDB read them", async () => {
    const { readers, sql } = stage();
    const [[location]] = (await spark.rows(
      "SELECT location FROM (DESCRIBE DETAIL spark_catalog.marts.daily_events)",
    )) as [[string]];
    console.log(location);
    deepEqual(await spark.rows(`${TOTALS} spark_catalog.marts.daily_events ${GROUPED}`), expected);
    deepEqual(await sql.rows(`${TOTALS} delta.marts.daily_events ${GROUPED}`), expected);
    deepEqual(await readers.delta(location, `${TOTALS} t ${GROUPED}`), expected);
    ok(match && equal && rejects);
  });
});
