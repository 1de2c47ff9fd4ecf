import type { Ground } from "../ground";
import type { Say } from "./engines";
import { startSpark } from "../spark/spark";
import { TrinoClient } from "../trino/client";

/** TPC-H as Trino's own generator makes it. */
const TABLES = ["customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier"];
/** The day on which all sample events arrive. */
const DAY = "2026-03-05";
const EVENTS = 2000;

/** Sample tables: TPC-H by Trino, events through the stack's own jobs by Spark. Existing tables stay unchanged. */
export async function loadSamples(ground: Ground, say: Say): Promise<void> {
  const sql = new TrinoClient(ground.at("trino"));
  await sql.rows("create schema if not exists lakehouse.tpch with (location = 's3://warehouse/tpch')");
  for (const table of TABLES) {
    await sql.rows(`create table if not exists lakehouse.tpch.${table} as select * from tpch.tiny.${table}`);
  }
  say(`sample data: lakehouse.tpch, ${TABLES.length} tables`);

  const spark = await startSpark(ground);
  await spark.job("bronze_to_silver.py", "--ensure-only");
  if ((await sql.value("select count(*) from lakehouse.bronze.events")) === 0) await spark.rows(sampleEvents());
  await spark.job("bronze_to_silver.py", "--date", DAY, "--days", "1");
  await spark.job("silver_to_gold.py", "--date", DAY, "--days", "1");
  await spark.engine.stop();
  say(`sample data: ${EVENTS} events from lakehouse.bronze over lakehouse.silver to lakehouse.gold`);
}

/** The same events each time: four days of forty users. */
const sampleEvents = () => `
  INSERT INTO lakehouse.bronze.events (event_id, event_time, user_id, event_type, properties, ingested_at)
  SELECT concat('sample-', id), TIMESTAMP '2026-03-01 00:00:00 UTC' + make_interval(0, 0, 0, 0, 0, (id * 7919) % 5760, 0),
    concat('u', (id * 31) % 40), element_at(array('buy', 'click', 'view'), CAST(id % 3 + 1 AS INT)),
    concat('{"n":"', id, '"}'), TIMESTAMP '${DAY} 08:00:00 UTC'
  FROM range(${EVENTS})`;
