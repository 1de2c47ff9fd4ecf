import Table from "cli-table3";

import { PROJECT_FOLDER } from "../inputs/project";
import { readStackFile } from "../inputs/stack-file";
import { Run } from "../sandbox/core/run";
import { until } from "../sandbox/core/until";
import { startZooKeeper } from "../sandbox/engines/druid/druid";
import { Ground } from "../sandbox/engines/ground";
import { JVM_OPTIONS, jvmOptions } from "../sandbox/engines/jvm";
import { startRestCatalog } from "../sandbox/engines/metastore/rest-catalog";
import { startMinio } from "../sandbox/engines/minio/minio";
import { makeMinioResources } from "../sandbox/engines/minio/resources";
import { EXTRA, obtain } from "../sandbox/engines/obtain";
import { startPostgres } from "../sandbox/engines/postgres/postgres";
import { makePostgresResources } from "../sandbox/engines/postgres/resources";
import { startOldMetastore, startWriter } from "../sandbox/engines/presto/sources";
import { Rendered } from "../sandbox/engines/rendered";
import { TrinoClient } from "../sandbox/engines/trino/client";
import { DRUID, druid, records } from "./choose/druid";
import { type Candidate, clickhouse, duckdb, presto, SIZE, trino } from "./choose/engines";
import { equal, QUESTIONS, type Rows } from "./choose/questions";
import { median } from "./engines/measure";
import { TABLES } from "./engines/queries";

/**
 * The same questions over the same data on each engine that runs here, one engine after the other: seconds of the first time that a
 * question is asked, and the median of later ones. Each answer is compared with Trino's.
 * `npm run bench:choose -- 1` for scale 1 of TPC-H.
 */

const SCALES = ["0.01", "0.1", "1", "10"];
const WARM = 3;

const begun = performance.now();
const seconds = (since = begun) => (performance.now() - since) / 1000;
const say = (text: string) => process.stderr.write(`${seconds().toFixed(0).padStart(5)} s  ${text}\n`);

const PRESETS = {
  trino: { coordinator: { cpu: 1, memory: "2560Mi" }, worker: { replicas: 1, ...SIZE }, cache: { size: "20Gi" } },
  presto: { enabled: true, coordinator: { cpu: 1, memory: "2560Mi" }, worker: { replicas: 1, ...SIZE } },
  clickhouse: {
    enabled: true,
    iceberg: "read",
    server: { replicas: 1, ...SIZE },
    databases: [{ name: "bench", engines: "write" }],
  },
  druid: DRUID,
};
const query = (systems: object) => ({ "lakehouse:query": JSON.stringify(systems) });
const MACHINE = [{ name: "one", pool: "everything", cpu: 64, memory: "256Gi" }];

/** Tables of TPC-H for each engine: in the catalog, in the metastore that Presto reads, and lines of JSON that Druid takes in. */
async function load(ground: Ground, scale: string): Promise<void> {
  const writer = await startWriter(ground);
  const sql = new TrinoClient(ground.at("trino"));
  await sql.rows("create schema lakehouse.bench with (location = 's3://warehouse/bench')");
  await sql.rows("create schema iceberg.bench with (location = 's3://gold/bench')");
  for (const table of TABLES) {
    await sql.rows(`create table lakehouse.bench.${table} as select * from tpch."sf${scale}".${table}`);
    await sql.rows(`create table iceberg.bench.${table} as select * from lakehouse.bench.${table}`);
    say(`loaded ${table}`);
  }
  await records(ground, sql);
  say("loaded the records for Druid");
  await writer.stop();
}

type Times = Map<string, { readonly first: number; readonly later: number } | string>;

/** Asks every question, and then all of them again, so that each has been away before it is asked once more. */
async function measure({ name, questions, ask }: Candidate, expected: Map<string, Rows>): Promise<Times> {
  const taken = new Map<string, number[]>();
  const failed = new Map<string, string>();
  for (let round = 0; round <= WARM; round++) {
    for (const [question, sql] of Object.entries(questions)) {
      if (failed.has(question)) continue;
      const start = performance.now();
      try {
        const rows = await ask(sql);
        taken.set(question, [...(taken.get(question) ?? []), seconds(start)]);
        const wanted = expected.get(question) ?? rows;
        expected.set(question, wanted);
        if (!equal(rows, wanted)) throw new Error(`another answer than Trino's: ${JSON.stringify(rows).slice(0, 300)}`);
      } catch (error) {
        failed.set(question, (error as Error).message.split("\n")[0] ?? "failed");
        say(`${name}, ${question}: ${failed.get(question) ?? ""}`);
      }
    }
    say(`${name}: round ${String(round)} of ${String(WARM)}`);
  }
  return new Map(
    Object.keys(questions).map((question) => {
      const [first = NaN, ...later] = taken.get(question) ?? [];
      return [question, failed.has(question) ? "failed" : { first, later: median(later) }];
    }),
  );
}

async function main(): Promise<void> {
  const scale = process.argv[2] ?? "0.1";
  if (!SCALES.includes(scale)) {
    process.stderr.write(`scale: given ${scale}; allowed: ${SCALES.join(", ")}\n`);
    process.exitCode = 2;
    return;
  }
  const config = readStackFile(PROJECT_FOLDER, "dev");
  const values = { ...config.values, ...query(PRESETS), "lakehouse:nodes": JSON.stringify(MACHINE) };
  const rendered = await Rendered.of("dev", undefined, { ...config, values });
  const tools = { ...(await obtain(say)), ...(await obtain(say, EXTRA)) };
  const run = Run.start("bench-choose");
  const measured = new Map<string, Times>();
  try {
    const ground = await Ground.of(run, rendered, tools, { s3: 9000, postgres: 5432, thrift: 9083 });
    process.env[JVM_OPTIONS] = jvmOptions(ground, ground.folder("tmp"));
    await Promise.all([
      startMinio(ground, "minio", { events: false }).then(() => makeMinioResources(ground, { events: false })),
      startPostgres(ground).then((postgres) => makePostgresResources(ground, postgres)),
      startZooKeeper(ground),
    ]);
    await Promise.all([startOldMetastore(ground), startRestCatalog(ground)]);
    // Trino has no connectors of the stores with tables of their own here.
    const lake = await ground.with(await rendered.having(query({ trino: PRESETS.trino, presto: PRESETS.presto })));
    say("stores are ready");
    await load(lake, scale);
    const expected = new Map<string, Rows>();
    for (const start of [
      () => trino(lake),
      () => presto(ground),
      () => duckdb(ground),
      () => clickhouse(ground, TABLES, false),
      () => clickhouse(ground, TABLES, true),
      () => druid(ground),
    ]) {
      const candidate = await start();
      const ready = () =>
        candidate.ask("select 1").then(
          () => true,
          () => false,
        );
      await until(`${candidate.name} answers`, ready);
      measured.set(candidate.name, await measure(candidate, expected));
      await candidate.stop();
    }
  } finally {
    await run.end();
  }
  print(scale, measured);
}

function print(scale: string, measured: ReadonlyMap<string, Times>): void {
  const names = [...measured.keys()];
  const text = (question: string, name: string) => {
    const times = measured.get(name)?.get(question);
    if (times === undefined) return "";
    return typeof times === "string" ? times : `${times.first.toFixed(2)}  ${times.later.toFixed(2)}`;
  };
  const table = new Table({
    head: [`TPC-H, scale ${scale}; seconds, first and later`, ...names],
    style: { head: [], border: [], compact: true },
  });
  for (const question of Object.keys(QUESTIONS)) table.push([question, ...names.map((name) => text(question, name))]);
  const later = (name: string, question: string) => {
    const times = measured.get(name)?.get(question);
    return typeof times === "object" ? times.later : NaN;
  };
  table.push([
    "Trino's time by its own, geometric mean of what it answers",
    ...names.map((name) => {
      const ratios = Object.keys(QUESTIONS)
        .map((question) => later("Trino", question) / later(name, question))
        .filter((ratio) => !Number.isNaN(ratio));
      return `${Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length).toFixed(2)} ×`;
    }),
  ]);
  process.stdout.write(`${table.toString()}\nthe run took ${seconds().toFixed(0)} s\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack ?? String(error)}\n`);
  process.exitCode = 1;
});
