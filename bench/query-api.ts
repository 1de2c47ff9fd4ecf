import Table from "cli-table3";

import { PROJECT_FOLDER } from "../inputs/project";
import { readStackFile } from "../inputs/stack-file";
import { Run } from "../sandbox/core/run";
import { Ground } from "../sandbox/engines/ground";
import { startRestCatalog } from "../sandbox/engines/metastore/rest-catalog";
import { startMinio } from "../sandbox/engines/minio/minio";
import { makeMinioResources } from "../sandbox/engines/minio/resources";
import { obtain } from "../sandbox/engines/obtain";
import { startPostgres } from "../sandbox/engines/postgres/postgres";
import { makePostgresResources } from "../sandbox/engines/postgres/resources";
import { startQueryApi } from "../sandbox/engines/query-api/server";
import { Rendered } from "../sandbox/engines/rendered";
import { startTrino } from "../sandbox/engines/trino/trino";
import { TrinoClient } from "../sandbox/engines/trino/client";
import { atOnce, median, quantile, type Taken, take } from "./engines/measure";

/**
 * Measures what the query API costs beside a bare client of the same Trino, as ratios within one run: medians and 95th
 * percentiles with 1, 10 and 50 clients. Both are asked in turns, so that a busy moment of the machine falls on both.
 */

const CLIENTS = [1, 10, 50];
/** Queries of one turn, for each of the two. */
const QUERIES = 100;
const TURNS = 3;
/** What is asked: next to nothing for Trino, so that the API's own cost shows; and a page of a table. */
const ASKED = {
  "one row": "select 1",
  "1 000 rows of a table": "select * from lakehouse.bench.orders order by orderkey limit 1000",
} as const;

const begun = performance.now();
const say = (text: string) =>
  process.stderr.write(`${((performance.now() - begun) / 1000).toFixed(0).padStart(5)} s  ${text}\n`);

interface Answer {
  readonly id: string;
  readonly next: string | null;
  readonly error?: { readonly code: string; readonly what: string };
}

/** Runs a statement through the API to its last page. */
async function ask(url: string, sql: string): Promise<Taken> {
  const start = performance.now();
  const headers = { "X-Forwarded-User": "bench", "Content-Type": "application/json" };
  const one = async (path: string, request: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(`${url}${path}`, { headers, signal: AbortSignal.timeout(300_000), ...request });
    const answer = (await response.json()) as Answer;
    if (answer.error !== undefined) throw new Error(`${answer.error.code}: ${answer.error.what}`);
    return answer;
  };
  let answer = await one("/query", { method: "POST", body: JSON.stringify({ sql }) });
  const first = (performance.now() - start) / 1000;
  while (answer.next !== null) answer = await one(`/query/${answer.id}?page=${answer.next}`);
  return { first, all: (performance.now() - start) / 1000 };
}

const milliseconds = (seconds: number) => `${(seconds * 1000).toFixed(0)} ms`;

async function compare(trino: string, api: string): Promise<string[][]> {
  const rows: string[][] = [];
  for (const [what, sql] of Object.entries(ASKED)) {
    // Both are warm.
    await atOnce(10, 50, () => ask(api, sql));
    await atOnce(10, 50, () => take(trino, sql));
    for (const clients of CLIENTS) {
      const taken: Record<"bare" | "api", number[]> = { bare: [], api: [] };
      for (let turn = 0; turn < TURNS; turn++) {
        taken.bare.push(...(await atOnce(clients, QUERIES, () => take(trino, sql))).map(({ all }) => all));
        taken.api.push(...(await atOnce(clients, QUERIES, () => ask(api, sql))).map(({ all }) => all));
      }
      for (const [name, of] of [
        ["median", median],
        ["p95", (values: readonly number[]) => quantile(values, 0.95)],
      ] as const) {
        const [bare, ours] = [of(taken.bare), of(taken.api)];
        const who = `${String(clients)} client${clients === 1 ? "" : "s"}`;
        rows.push([
          `${what}, ${who}, ${name}`,
          milliseconds(bare),
          milliseconds(ours),
          `${(ours / bare).toFixed(2)} ×`,
        ]);
      }
      say(`measured ${what} with ${String(clients)}`);
    }
  }
  return rows;
}

async function main(): Promise<void> {
  const rendered = await Rendered.of("dev", undefined, readStackFile(PROJECT_FOLDER, "dev"));
  const tools = await obtain(say);
  const run = Run.start("bench-query-api");
  try {
    const ground = await Ground.of(run, rendered, tools);
    await Promise.all([
      startPostgres(ground).then((started) => makePostgresResources(ground, started)),
      startMinio(ground, "minio", { events: false }).then(() => makeMinioResources(ground, { events: false })),
      startTrino(ground),
    ]);
    await startRestCatalog(ground);
    const sql = new TrinoClient(ground.at("trino"));
    await sql.rows("create schema lakehouse.bench with (location = 's3://warehouse/bench')");
    await sql.rows("create table lakehouse.bench.orders as select * from tpch.tiny.orders");
    // No result is kept, and nobody is asked to wait.
    const { url } = await startQueryApi(ground, { CACHE_SECONDS: "0", RATE_PER_MINUTE: "0" });
    say("engines are ready");
    const table = new Table({
      head: ["whole answer", "bare client", "query API", "ratio"],
      style: { head: [], border: [], compact: true },
    });
    table.push(...(await compare(ground.at("trino"), url)));
    process.stdout.write(`${table.toString()}\nratio: time of the API divided by time of the bare client\n`);
  } finally {
    await run.end();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
