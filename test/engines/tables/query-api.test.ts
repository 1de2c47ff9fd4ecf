import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { PATIENCE, until } from "../../../sandbox/core/until";
import type { Engine } from "../../../sandbox/engines/engine";
import { startQueryApi } from "../../../sandbox/engines/query-api/server";
import { SERVICE } from "../../../sandbox/engines/query-api/service";
import { nodesAreReady } from "../../../sandbox/engines/trino/trino";
import { stage } from "./stage";

interface Answer {
  readonly id: string;
  readonly state: string;
  readonly rows: readonly (readonly unknown[])[];
  readonly next: string | null;
  readonly truncated: string | null;
  readonly cached: boolean;
  readonly error?: { readonly code: string; readonly what: string; readonly allowed: string };
}

/** The service as a process with its rendered variables, on the real Trino, catalog and object store. */
describe("the query API", function () {
  this.timeout(PATIENCE);
  let url: string;
  let service: Engine | undefined;

  before(async () => {
    const { ground, sql } = stage();
    ({ engine: service, url } = await startQueryApi(ground, {
      PAGE_ROWS: "4000",
      MAX_ROWS: "50000",
      WAIT_SECONDS: "5",
      RATE_PER_MINUTE: "0",
    }));
    await sql.rows("create schema if not exists lakehouse.api with (location = 's3://warehouse/api')");
    await sql.rows(
      "create table if not exists lakehouse.api.orders as select orderkey, custkey, orderdate, cast(totalprice as decimal(18, 2)) as price from tpch.tiny.orders",
    );
  });
  after(() => service?.stop());

  async function call(path: string, options: RequestInit = {}): Promise<readonly [number, Answer]> {
    const headers = { "X-Forwarded-User": "ada", "Content-Type": "application/json" };
    const response = await fetch(`${url}${path}`, { headers, ...options });
    const text = await response.text();
    return [response.status, (text === "" ? {} : JSON.parse(text)) as Answer];
  }
  const query = (sql: string, more: object = {}) =>
    call("/query", { method: "POST", body: JSON.stringify({ sql, ...more }) });
  const page = ({ id, next }: Answer) => call(`/query/${id}?page=${next ?? ""}`);
  async function all(sql: string, more: object = {}): Promise<Answer["rows"]> {
    let [status, answer] = await query(sql, more);
    const rows = [];
    for (;;) {
      equal(status, 200, JSON.stringify(answer));
      rows.push(...answer.rows);
      if (answer.next === null) return rows;
      [status, answer] = await page(answer);
    }
  }
  const inTrino = (column: string, id: string) =>
    stage().sql.value(`select ${column} from system.runtime.queries where query_id = '${id.split(".")[1] ?? ""}'`);

  it("binds parameters of each type, and runs queries in Trino as the caller", async () => {
    const params = [
      "it's; drop table x --",
      -5,
      1.5,
      null,
      true,
      { type: "decimal", value: "1.50" },
      { type: "date", value: "2026-01-31" },
      { type: "timestamp", value: "2026-01-31T10:00:00.123456" },
    ];
    const [, answer] = await query("select ?, ?, ?, ?, ?, ?, ?, ? /* comment */", { params });
    const expected = ["it's; drop table x --", -5, 1.5, null, true, "1.50", "2026-01-31", "2026-01-31 10:00:00.123456"];
    deepEqual(answer.rows, [expected]);
    equal(await inTrino('"user"', answer.id), "ada");
    equal(await inTrino("source", answer.id), "query-api");
  });

  it("returns every row once in pages, cuts at the limit, and stops the query in Trino then", async () => {
    const rows = await all("select orderkey from lakehouse.api.orders", { limit: 50_000 });
    equal(rows.length, 15_000);
    equal(new Set(rows.map(([key]) => key)).size, 15_000);
    const [, cut] = await query("select orderkey from tpch.sf1.lineitem", { limit: 10 });
    deepEqual([cut.rows.length, cut.truncated, cut.next], [10, "rows", null]);
    await until("Trino has stopped", async () => (await inTrino("state", cut.id)) === "FAILED");
  });

  it("cancels the query in Trino, only on the caller's request", async () => {
    const long = "select count(*) from tpch.sf1000.lineitem a join tpch.sf1000.lineitem b on a.orderkey = b.orderkey";
    const [, running] = await query(long);
    equal(running.state, "running");
    const [other] = await call(`/query/${running.id}`, { method: "DELETE", headers: { "X-Forwarded-User": "bob" } });
    equal(other, 404);
    const [status] = await call(`/query/${running.id}`, { method: "DELETE" });
    equal(status, 204);
    await until("Trino has stopped", async () => (await inTrino("error_code", running.id)) === "USER_CANCELED");
    const [, after] = await page(running);
    equal(after.error?.code, "query_cancelled");
  });

  it("refuses statements that do more than read, without sending them to Trino", async () => {
    const before = await stage().sql.value("select count(*) from system.runtime.queries where \"user\" = 'ada'");
    for (const sql of [
      "drop table lakehouse.api.orders",
      "select * from table(postgres.system.query(query => 'select 1'))",
      "call system.runtime.kill_query('x')",
    ])
      equal((await query(sql))[1].error?.code, "statement_refused", sql);
    equal(await stage().sql.value("select count(*) from system.runtime.queries where \"user\" = 'ada'"), before);
  });

  it("accepts the corpus of analysts' queries, all of which Trino can parse", async () => {
    const lines = readFileSync(join(SERVICE, "tests/corpus/analysts.trino.txt"), "utf8").split("\n");
    const statements = lines.filter((line) => line !== "" && !line.startsWith("# "));
    ok(statements.length > 70);
    for (const line of statements) {
      const sql = line.replaceAll("\\n", "\n");
      const [status, answer] = await query(sql, { params: Array.from(sql.matchAll(/\?/g), () => 1) });
      // The tables are missing or are another test's, so Trino may refuse names and types, but no syntax and no function.
      const { code, what } = answer.error ?? { code: "", what: "" };
      ok(status === 200 || code === "query_failed", `${sql}: ${code} ${what}`);
      ok(!/mismatched input|extraneous input|no viable alternative|not registered/.test(what), `${sql}: ${what}`);
    }
  });

  it("gets the same answers from DuckDB, on tables that Trino has written", async () => {
    const sql =
      "select orderdate, count(*), sum(price) from lakehouse.api.orders where custkey < ? group by 1 order by 1";
    const more = { params: [500] };
    deepEqual(await all(sql, { ...more, engine: "duckdb" }), await all(sql, { ...more, engine: "trino" }));
    const [, refused] = await query("select * from read_parquet('s3://warehouse/**')", { engine: "duckdb" });
    equal(refused.error?.code, "statement_refused");
  });

  it("answers the same query from its cache", async () => {
    const sql = "select count(*) from lakehouse.api.orders where custkey = 1";
    const [, first] = await query(sql);
    const [, again] = await query(sql);
    deepEqual([first.cached, again.cached, again.rows], [false, true, first.rows]);
  });

  it("reports that Trino is down, and continues when it is back", async () => {
    const { ground, trino } = stage();
    await trino.coordinator.kill();
    const [status, answer] = await query("select 2");
    deepEqual([status, answer.error?.code], [503, "engine_unreachable"]);
    match(answer.error?.allowed ?? "", /again in a while/);
    await trino.coordinator.restart();
    await nodesAreReady(ground);
    deepEqual(await all("select 3"), [[3]]);
  });
});
