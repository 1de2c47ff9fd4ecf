import { DruidCluster } from "../../sandbox/engines/druid/cluster";
import { until } from "../../sandbox/core/until";
import type { Ground } from "../../sandbox/engines/ground";
import { Client } from "../../sandbox/engines/minio/minio";
import type { TrinoClient } from "../../sandbox/engines/trino/client";
import type { Candidate } from "./engines";
import { ROLLED_UP, type Rows } from "./questions";

/** Settings: what is asked of one table is rolled up by day. */
export const DRUID = {
  enabled: true,
  coordinator: { cpu: 1, memory: "2Gi" },
  broker: { cpu: 2, memory: "2Gi" },
  historical: { replicas: 1, cpu: 2, memory: "4Gi" },
  indexer: { replicas: 1, cpu: 2, memory: "4Gi" },
  tasks: 2,
  batches: [
    {
      dataSource: "lineitem",
      prefix: "lineitem/",
      granularity: "month",
      rollup: { by: ["returnflag", "linestatus"], sum: ["quantity", "extendedprice", "discount"], every: "day" },
    },
  ],
};

const YEARS = [1992, 1993, 1994, 1995, 1996, 1997, 1998];

/** Records of lineitem as lines of JSON, a file for each two months. */
export async function records(ground: Ground, sql: TrinoClient): Promise<void> {
  const root = Client.root(ground);
  for (const year of YEARS)
    for (let month = 1; month <= 12; month += 2) {
      const from = `${String(year)}-${String(month).padStart(2, "0")}-01`;
      const rows = await sql.rows(
        `select cast(shipdate as varchar), returnflag, linestatus, quantity, extendedprice, discount from lakehouse.bench.lineitem
         where shipdate >= date '${from}' and shipdate < date '${from}' + interval '2' month`,
      );
      const lines = rows.map(([date, returnflag, linestatus, quantity, extendedprice, discount]) =>
        JSON.stringify({
          timestamp: `${String(date)}T00:00:00Z`,
          returnflag,
          linestatus,
          quantity,
          extendedprice,
          discount,
        }),
      );
      if (lines.length > 0) await root.put(`bronze/lineitem/${from}.json`, `${lines.join("\n")}\n`);
    }
}

/** Druid, on a table of its own that its rendered task has rolled up. */
export async function druid(ground: Ground): Promise<Candidate> {
  const cluster = new DruidCluster(ground);
  await cluster.start();
  await cluster.users();
  await cluster.ingest();
  const trino = cluster.login("trino-druid");
  const ask = async (sql: string): Promise<Rows> => {
    const { code, text } = await cluster.sql(trino, sql, { resultFormat: "array", context: { useCache: false } });
    if (code !== 200) throw new Error(text);
    return JSON.parse(text) as Rows;
  };
  await until("all segments are served", async () => {
    const { text } = await cluster.ask(
      ["admin", ground.rendered.secret("druid-server", "adminPassword")],
      "proxy/coordinator/druid/coordinator/v1/loadstatus",
    );
    return (JSON.parse(text) as Record<string, number>).lineitem === 100;
  });
  return {
    name: "Druid, rolled up",
    questions: ROLLED_UP,
    ask,
    stop: () => Promise.all([...cluster.engines.values()].map((engine) => engine.stop())),
  };
}
