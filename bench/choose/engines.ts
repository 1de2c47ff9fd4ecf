import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";

import { ClickhouseEngine } from "../../sandbox/engines/clickhouse/clickhouse";
import type { Ground } from "../../sandbox/engines/ground";
import { at, PrestoNode } from "../../sandbox/engines/presto/presto";
import { startQueryApi } from "../../sandbox/engines/query-api/server";
import { startNode } from "../../sandbox/engines/trino/trino";
import { TrinoClient } from "../../sandbox/engines/trino/client";
import { QUESTIONS, named, type Rows } from "./questions";

/** An engine under measurement. */
export interface Candidate {
  readonly name: string;
  /** Its SQL for each question; a question without one is not asked. */
  readonly questions: Readonly<Record<string, string>>;
  readonly ask: (sql: string) => Promise<Rows>;
  readonly stop: () => Promise<unknown>;
}

/** Memory and cores that each engine has for a question. */
export const SIZE = { cpu: 2, memory: "5Gi" } as const;

const lake = (name: (table: string) => string) =>
  Object.fromEntries(Object.entries(QUESTIONS).map(([what, sql]) => [what, named(sql, name)]));

/** Trino as the stack configures it, on Iceberg tables of the REST catalog. */
export async function trino(ground: Ground): Promise<Candidate> {
  const nodes = await Promise.all([startNode(ground, "coordinator"), startNode(ground, "worker")]);
  const client = new TrinoClient(ground.at("trino"));
  return {
    name: "Trino",
    questions: lake((table) => `lakehouse.bench.${table}`),
    ask: (sql) => client.rows(sql),
    stop: () => Promise.all(nodes.map((node) => node.stop())),
  };
}

/** Presto, on Iceberg tables of a metastore that its version reads. */
export async function presto(ground: Ground): Promise<Candidate> {
  const nodes = await Promise.all(
    (["coordinator", "worker"] as const).map((role) => PrestoNode.start(role, () => ground)),
  );
  const client = new TrinoClient(at("coordinator"), "Presto");
  return {
    name: "Presto",
    questions: lake((table) => `lakehouse.bench.${table}`),
    ask: (sql) => client.rows(sql),
    stop: () => Promise.all(nodes.map(({ engine }) => engine.stop())),
  };
}

interface Page {
  readonly id: string;
  readonly rows: Rows;
  readonly next: string | null;
  readonly error?: { readonly what: string };
}

/** DuckDB in the query API, on Iceberg tables of the REST catalog. No answer is kept. */
export async function duckdb(ground: Ground): Promise<Candidate> {
  const { engine, url } = await startQueryApi(ground, {
    ...{ CACHE_SECONDS: "0", RATE_PER_MINUTE: "0", MAX_SECONDS: "300", WAIT_SECONDS: "300" },
    ...{ DUCKDB_MEMORY: "4096Mi", DUCKDB_THREADS: String(SIZE.cpu), PROCESS_MEMORY: "5120Mi" },
  });
  const headers = { "X-Forwarded-User": "bench", "Content-Type": "application/json" };
  const page = async (path: string, request: RequestInit = {}): Promise<Page> => {
    const answer = await fetch(`${url}${path}`, { headers, signal: AbortSignal.timeout(600_000), ...request });
    const said = (await answer.json()) as Page;
    if (said.error !== undefined) throw new Error(said.error.what);
    return said;
  };
  return {
    name: "DuckDB",
    questions: lake((table) => `lakehouse.bench.${table}`),
    ask: async (sql) => {
      let part = await page("/query", { method: "POST", body: JSON.stringify({ sql, engine: "duckdb" }) });
      const rows = [...part.rows];
      while (part.next !== null) {
        part = await page(`/query/${part.id}?page=${part.next}`);
        rows.push(...part.rows);
      }
      return rows;
    },
    stop: () => engine.stop(),
  };
}

/** ClickHouse's engine as a library. @param own whether it is asked for tables of its own, not for those of the catalog */
export async function clickhouse(ground: Ground, tables: readonly string[], own: boolean): Promise<Candidate> {
  const hosts = ground.path("clickhouse-hosts");
  writeFileSync(hosts, "127.0.0.1 localhost\n");
  const engine = new ClickhouseEngine(ground, hosts);
  await engine.as("clickhouse");
  const files = engine.rendered.configMap("clickhouse-setup-sql");
  await engine.script("Job", "clickhouse-setup", "setup", {
    mounts: { "/opt/lakehouse/sql": ground.write("clickhouse/sql", files) },
  });
  await engine.as("admin");
  const there = (table: string) => `lakehouse.\`bench.${table}\``;
  if (own)
    for (const table of tables) {
      const [key = assert.fail(table)] = SORTED[table] ?? ["tuple()"];
      await engine.sql(
        `CREATE TABLE bench.${table} ENGINE = MergeTree ORDER BY ${key} AS SELECT * FROM ${there(table)}`,
      );
    }
  return {
    name: own ? "ClickHouse, own tables" : "ClickHouse, Iceberg",
    questions: lake(own ? (table) => `bench.${table}` : there),
    ask: async (sql) => (await engine.sql(sql)).split("\n").map((row) => row.split("\t")),
    stop: () => engine.stop(),
  };
}

/** Keys that ClickHouse's own tables are sorted by. */
const SORTED: Readonly<Record<string, readonly string[]>> = {
  lineitem: ["(shipdate, orderkey) SETTINGS allow_nullable_key = 1"],
  orders: ["(orderdate, orderkey) SETTINGS allow_nullable_key = 1"],
};
