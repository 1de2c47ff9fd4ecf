import Table from "cli-table3";

import { PROJECT_FOLDER } from "../inputs/project";
import { readStackFile } from "../inputs/stack-file";
import { Run } from "../sandbox/core/run";
import { Ground } from "../sandbox/engines/ground";
import { obtainLocal } from "../sandbox/engines/local/tools";
import { startMinio } from "../sandbox/engines/minio/minio";
import { makeMinioResources } from "../sandbox/engines/minio/resources";
import { startPostgres } from "../sandbox/engines/postgres/postgres";
import { makePostgresResources } from "../sandbox/engines/postgres/resources";
import { Rendered } from "../sandbox/engines/rendered";
import { startRestCatalog } from "../sandbox/engines/metastore/rest-catalog";
import { startSpark, submit } from "../sandbox/engines/spark/spark";
import { nodesAreReady, startNode, startTrino } from "../sandbox/engines/trino/trino";
import { TrinoClient } from "../sandbox/engines/trino/client";
import { atOnce, median, quantile, take } from "./engines/measure";
import { QUERIES, selective, TABLES } from "./engines/queries";
import { stock } from "./engines/stock";

/**
 * Measures real engines, as ratios within one run:
 * - Trino with the stack's configuration against the same Trino with its chart's defaults and the same heaps. Queries alternate, so
 *   that a busy moment of the machine falls on both.
 * - A selective query with and without Iceberg's pruning and Trino's cache.
 * - Latencies with 1 to 20 clients, and the time until Spark is ready.
 * `npm run bench:engines -- 10` for scale 10.
 */

const SCALES = ["0.1", "1", "10", "100"];
const ROUNDS = 3;
const CLIENTS = [1, 5, 10, 20];
const QUERIES_A_LEVEL = 40;
/** Seconds of queries after which no further round begins, by scale. */
const LIMIT = { "0.1": 180, "1": 300, "10": 3600, "100": 36_000 } as const;
/** Pod sizes of both configurations. With less memory the chart's coordinator does not start, because its query memory exceeds the heap. */
const TRINO = {
  coordinator: { cpu: 1, memory: "2560Mi" },
  worker: { replicas: 1, cpu: 2, memory: "5Gi" },
  cache: { size: "20Gi" },
};
const query = (more: object) => ({ "lakehouse:query": JSON.stringify({ trino: { ...TRINO, ...more } }) });

const begun = performance.now();
const seconds = (since = begun) => (performance.now() - since) / 1000;
const say = (text: string) => process.stderr.write(`${seconds().toFixed(0).padStart(5)} s  ${text}\n`);
const rows: [string, string, string, string][] = [];
const show = (value: number) => `${value.toFixed(2)} s`;
const ratio = (one: number, other: number) => `${(other / one).toFixed(2)} ×`;

async function load(sql: TrinoClient, scale: string): Promise<void> {
  await sql.rows("create schema lakehouse.bench with (location = 's3://warehouse/bench')");
  for (const table of TABLES) {
    await sql.rows(`create table lakehouse.bench.${table} as select * from tpch."sf${scale}".${table}`);
    say(`loaded ${table}`);
  }
  await sql.rows(
    "create table lakehouse.bench.lineitem_by_month with (partitioning = array['month(shipdate)']) as select * from lakehouse.bench.lineitem",
  );
  say("loaded lineitem by month");
}

async function compareQueries(ours: string, chart: string, limit: number): Promise<void> {
  const taken = new Map<string, number[]>();
  const failed = new Map<string, string>();
  const one = async (of: "ours" | "chart", name: string, sql: string, keep: boolean) => {
    const key = `${of} ${name}`;
    if (failed.has(key)) return;
    try {
      const { all } = await take(of === "ours" ? ours : chart, sql);
      if (keep) taken.set(key, [...(taken.get(key) ?? []), all]);
    } catch (error) {
      failed.set(key, (error as Error).message.split(":")[0] ?? "failed");
    }
  };
  let rounds = 0;
  const start = performance.now();
  // The first round warms both up and is not counted.
  for (let round = 0; round <= ROUNDS && (round < 2 || seconds(start) < limit); round++) {
    for (const [name, sql] of Object.entries(QUERIES)) {
      // The first of the two alternates too.
      const order = round % 2 === 0 ? (["ours", "chart"] as const) : (["chart", "ours"] as const);
      for (const of of order) await one(of, name, sql, round > 0);
    }
    rounds = round;
    say(round === 0 ? "warmed up" : `round ${round} of ${ROUNDS}`);
  }
  const ratios: number[] = [];
  for (const name of Object.keys(QUERIES)) {
    const [a, b] = [median(taken.get(`ours ${name}`) ?? []), median(taken.get(`chart ${name}`) ?? [])];
    const text = (of: string, value: number) => failed.get(`${of} ${name}`) ?? show(value);
    if (!Number.isNaN(a + b)) ratios.push(b / a);
    rows.push([name, text("ours", a), text("chart", b), Number.isNaN(a + b) ? "" : ratio(a, b)]);
  }
  const mean = Math.exp(ratios.reduce((sum, each) => sum + Math.log(each), 0) / ratios.length);
  rows.push([`all, geometric mean; ${rounds} of ${ROUNDS} rounds`, "", "", `${mean.toFixed(2)} ×`]);
}

/**
 * A query of one week: with partitions, Iceberg's statistics and the cache on the node's disk, against a scan of the whole table
 * in the object store. Both nodes differ only in the cache.
 */
async function compareSelective(ours: string, uncached: string): Promise<void> {
  const [both, pruned, cached, neither]: [number[], number[], number[], number[]] = [[], [], [], []];
  const whole = "lakehouse.parquet_ignore_statistics=true";
  for (let round = -2; round <= 7; round++) {
    const taken = [
      await take(ours, selective("lineitem_by_month")),
      await take(uncached, selective("lineitem_by_month")),
      await take(ours, selective("lineitem"), whole),
      await take(uncached, selective("lineitem"), whole),
    ];
    if (round > 0) [both, pruned, cached, neither].forEach((all, at) => all.push(taken[at]?.all ?? Number.NaN));
  }
  const without = median(neither);
  const row = (what: string, values: number[], goal = "") =>
    rows.push([`one week, ${what}`, show(median(values)), show(without), `${ratio(median(values), without)}${goal}`]);
  row("with pruning and cache / with neither", both, " (goal: 2.5)");
  row("with pruning / with neither", pruned);
  row("with cache / with neither", cached);
  say("measured pruning and cache");
}

async function latencies(ours: string, chart: string): Promise<void> {
  const percentiles = async (address: string, clients: number) => {
    const all = await atOnce(clients, QUERIES_A_LEVEL, () => take(address, selective("lineitem_by_month")));
    const p95 = (of: "first" | "all") =>
      quantile(
        all.map((each) => each[of]),
        0.95,
      );
    return { first: median(all.map(({ first }) => first)), p95: p95("all") };
  };
  for (const clients of CLIENTS) {
    const a = await percentiles(ours, clients);
    const b = await percentiles(chart, clients);
    const who = `${clients} client${clients === 1 ? "" : "s"}`;
    rows.push([`${who}: first row, median`, show(a.first), show(b.first), ratio(a.first, b.first)]);
    rows.push([`${who}: whole answer, p95`, show(a.p95), show(b.p95), ratio(a.p95, b.p95)]);
    say(`measured ${who}`);
  }
}

async function sparkStart(ground: Ground): Promise<void> {
  let start = performance.now();
  const { engine } = await startSpark(ground);
  rows.push(["Spark: a session is ready", show(seconds(start)), "", ""]);
  await engine.stop();
  start = performance.now();
  await submit(ground, "bronze-to-silver", ["--ensure-only"]);
  rows.push(["Spark: a whole job that finds nothing to do", show(seconds(start)), "", ""]);
}

async function main(): Promise<void> {
  const scale = process.argv[2] ?? "1";
  if (!SCALES.includes(scale)) {
    process.stderr.write(`scale: given ${scale}; allowed: ${SCALES.join(", ")}\n`);
    process.exitCode = 2;
    return;
  }
  const config = readStackFile(PROJECT_FOLDER, "dev");
  const rendered = await Rendered.of("dev", undefined, { ...config, values: { ...config.values, ...query({}) } });
  const uncached = await rendered.having(query({ cache: { enabled: false } }));
  const tools = await obtainLocal(say);
  const run = Run.start("bench-engines");
  try {
    const ground = await Ground.of(run, rendered, tools);
    const theirs = await ground.with(stock(uncached), "trino", "trinoWorker");
    await Promise.all([
      startPostgres(ground).then((started) => makePostgresResources(ground, started)),
      startMinio(ground, "minio", { events: false }).then(() => makeMinioResources(ground, { events: false })),
      startTrino(ground),
    ]);
    const [, ...chartNodes] = await Promise.all([
      startRestCatalog(ground),
      startNode(theirs, "coordinator", "chart-coordinator"),
      startNode(theirs, "worker", "chart-worker"),
    ]);
    await nodesAreReady(theirs);
    say("engines are ready");
    await load(new TrinoClient(ground.at("trino")), scale);
    const [ours, chart] = [ground.at("trino"), theirs.at("trino")];
    await compareQueries(ours, chart, LIMIT[scale as keyof typeof LIMIT]);
    await latencies(ours, chart);
    await Promise.all(chartNodes.map((node) => node.stop()));
    const plain = await ground.with(uncached, "trino", "trinoWorker");
    await Promise.all([
      startNode(plain, "coordinator", "uncached-coordinator"),
      startNode(plain, "worker", "uncached-worker"),
    ]);
    await nodesAreReady(plain);
    // Warms the new nodes up as much as the others.
    for (let round = 0; round < ROUNDS; round++)
      for (const sql of Object.values(QUERIES)) await take(plain.at("trino"), sql);
    await compareSelective(ours, plain.at("trino"));
    await sparkStart(ground);
  } finally {
    await run.end();
  }
  const table = new Table({
    head: [`TPC-H, scale ${scale}`, "this stack", "chart / other", "ratio"],
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows);
  process.stdout.write(
    `${table.toString()}\nratio: time of the other divided by the time of this stack; the run took ${seconds().toFixed(0)} s\n`,
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
