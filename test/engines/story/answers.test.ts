import { deepEqual, equal, ok } from "node:assert/strict";

import { PATIENCE, until } from "../../../sandbox/core/until";
import type { ClickhouseEngine } from "../../../sandbox/engines/clickhouse/clickhouse";
import { at, PrestoNode } from "../../../sandbox/engines/presto/presto";
import { type Spark, startSpark } from "../../../sandbox/engines/spark/spark";
import { TrinoClient } from "../../../sandbox/engines/trino/client";
import { rowsOf, startClickhouse } from "./clickhouse";
import { askDruid } from "./load";
import { startApi } from "./query-api";
import { AGGREGATION, aggregated, questions } from "./questions";
import { CATEGORIES, EVENTS, KINDS, totals } from "./seeds";
import { stage } from "./stage";

/** One question, and the totals of the seeds as every engine's answer. */
describe("one question", function () {
  this.timeout(PATIENCE);

  /** Asks for sales, then for clicks. */
  async function answers(ask: (kind: (typeof KINDS)[number]) => Promise<unknown>): Promise<void> {
    for (const kind of KINDS) deepEqual(await ask(kind), totals(EVENTS[kind]), kind);
  }

  it("has an answer that is known from the seeds: each category on each day", () => {
    for (const kind of KINDS) {
      const all = totals(EVENTS[kind]);
      equal(all.length, CATEGORIES.length * 5);
      equal(
        all.reduce((sum, [, , count]) => sum + count, 0),
        EVENTS[kind].length,
      );
    }
  });

  it("Trino answers it from Iceberg tables, and from topics of Kafka", async () => {
    const { sql } = stage();
    await answers((kind) => sql.rows(questions.trino(kind)));
    await answers((kind) => sql.rows(questions.kafka(kind)));
  });

  it("PyIceberg and DuckDB answer it from the files, by the catalog", async () => {
    await answers((kind) => stage().readers.iceberg(`story.${kind}`, questions.pyiceberg()));
  });

  it("Druid answers it from its segments", async () => {
    await answers((kind) => askDruid(stage().druid, questions.druid(kind)));
  });

  it("OpenSearch answers it by an aggregation of documents", async () => {
    await answers(async (kind) => {
      const { body } = await stage().search.requestAs("trino-opensearch", "POST", `/shop-${kind}/_search`, AGGREGATION);
      return aggregated(body);
    });
  });

  describe("to Spark", () => {
    let spark: Spark | undefined;
    before(async () => (spark = await startSpark(stage().ground)));
    after(() => spark?.engine.stop());

    it("Spark answers it from Iceberg tables", async () => {
      await answers((kind) => spark?.rows(questions.spark(kind)) ?? Promise.reject(new Error("it has not started")));
    });
  });

  describe("to ClickHouse", () => {
    let engine: ClickhouseEngine | undefined;
    before(async () => (engine = await startClickhouse(stage().ground, stage().kafka.admin)));
    after(() => engine?.stop());

    it("ClickHouse answers it from its own tables, and from Iceberg's", async () => {
      const ask = async (table: string) => rowsOf((await engine?.sql(questions.clickhouse(table))) ?? "");
      await answers((kind) => ask(`shop.${kind}`));
      await answers((kind) => ask(`lakehouse.\`story.${kind}\``));
    });
  });

  describe("to the query API", () => {
    let api: Awaited<ReturnType<typeof startApi>> | undefined;
    before(async () => (api = await startApi(stage().ground)));
    after(() => api?.engine.stop());

    it("the query API answers it by Trino and by DuckDB", async () => {
      const ask = api?.ask;
      ok(ask);
      await answers((kind) => ask(questions.trino(kind), "trino"));
      await answers((kind) => ask(questions.duckdb(kind), "duckdb"));
    });
  });

  describe("to Presto", () => {
    const nodes: PrestoNode[] = [];
    const presto = new TrinoClient(at("coordinator"), "Presto");

    before(async () => {
      const { ground, sql } = stage();
      for (const role of ["coordinator", "worker"] as const) nodes.push(await PrestoNode.start(role, () => ground));
      const workers = "select count(*) from system.runtime.nodes where not coordinator and state = 'active'";
      await until("its worker is there", async () => (await presto.value(workers)) === 1);
      for (const kind of KINDS) {
        const file = String(await sql.value(`select "$path" from lakehouse.story.${kind} limit 1`));
        const metadata = file.replace(/\/data\/.*$/, "/metadata");
        await presto.rows(`call lakehouse.system.register_table('shop', '${kind}', '${metadata}')`);
      }
    });
    after(async () => {
      for (const { engine } of nodes) await engine.stop();
    });

    it("Presto answers it from the same files of Iceberg tables", async () => {
      await answers((kind) => presto.rows(questions.presto(kind)));
    });
  });
});
