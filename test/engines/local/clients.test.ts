import { deepEqual, equal, match, ok } from "node:assert/strict";

import { LocalHome } from "../../../sandbox/engines/local/home";
import { clientSuite, dbt, NOT_HERE } from "./clients";
import { folder, refusal, run, sql, start } from "./lakehouse";

interface Segment {
  readonly type: string;
  readonly uri?: string;
  readonly metadata: { readonly rowsCount: number };
}

interface Page {
  readonly nextUri?: string;
  readonly error?: unknown;
  readonly data?: { readonly segments: readonly Segment[] };
}

describe("clients of a lakehouse on this machine", () => {
  before(start);

  it("get the object store's address from the REST catalog, and no keys", async () => {
    const { ports } = new LocalHome(folder).state;
    const answer = await fetch(`http://127.0.0.1:${ports?.rest}/iceberg/v1/config`);
    const { defaults, endpoints } = (await answer.json()) as { defaults: Record<string, string>; endpoints: unknown[] };
    deepEqual(defaults, {
      "s3.endpoint": `http://127.0.0.1:${ports?.s3}`,
      "s3.path-style-access": "true",
      "s3.region": "us-east-1",
      "client.region": "us-east-1",
    });
    ok(endpoints.length > 10);
  });

  it("fetch a large result in parts from the object store", async () => {
    const { ports } = new LocalHome(folder).state;
    let page = (await (
      await fetch(`http://127.0.0.1:${ports?.trino}/v1/statement`, {
        method: "POST",
        body: "select * from tpch.sf1.orders limit 200000",
        headers: { "X-Trino-User": "tester", "X-Trino-Query-Data-Encoding": "json" },
      })
    ).json()) as Page;
    const segments: Segment[] = [];
    let rows = 0;
    for (;;) {
      ok(page.error === undefined, JSON.stringify(page.error));
      for (const segment of page.data?.segments ?? []) {
        segments.push(segment);
        rows += segment.metadata.rowsCount;
      }
      if (page.nextUri === undefined) break;
      page = (await (await fetch(page.nextUri, { headers: { "X-Trino-User": "tester" } })).json()) as Page;
    }
    equal(rows, 200_000);
    const spooled = segments.filter(({ type }) => type === "spooled");
    ok(spooled.length > 0);
    const [first] = spooled;
    const uri = first?.uri ?? "";
    ok(uri.startsWith(`http://127.0.0.1:${ports?.s3}/trino-results/`), uri.split("?")[0]);
    const part = (await (await fetch(uri)).json()) as unknown[];
    equal(part.length, first?.metadata.rowsCount);
  });

  it("get exit code 1 and the error of a wrong statement", async () => {
    const { code, error } = await run("sql", "-e", "selec 1");
    equal(code, 1);
    match(error, /mismatched input 'selec'/);
  });

  describe("find the engines' limits that docs/local.md lists", () => {
    const SCHEMA = "lakehouse.limits";

    before(() => sql(`create schema if not exists ${SCHEMA} with (location = 's3://warehouse/limits')`));

    for (const type of ["json", "time(6) with time zone", "interval day to second", "ipaddress"]) {
      it(`no column of type ${type}`, async () => {
        const error = await refusal(`create table ${SCHEMA}.refused (a ${type})`);
        ok(error.includes(`Type not supported for Iceberg: ${type}`), error);
      });
    }

    it("JSON functions on a varchar", async () => {
      await sql(`create or replace table ${SCHEMA}.texts as select '{"n": 7}' as a`);
      const values = "json_value(a, 'lax $.n'), json_query(a, 'lax $.n'), json_extract_scalar(json_parse(a), '$.n')";
      deepEqual(await sql(`select ${values} from ${SCHEMA}.texts`), ['"7","7","7"']);
    });

    it("no materialized view", async () => {
      match(
        await refusal(`create materialized view ${SCHEMA}.m as select 1 as n`),
        /createMaterializedView is not supp/,
      );
    });

    it("seconds rounded to six decimals, varchar for char, integer for tinyint and smallint", async () => {
      const values = "timestamp '2026-01-01 00:00:00.123456789' as a, cast('x' as char(3)) as b";
      await sql(`create or replace table ${SCHEMA}.near as select ${values}, tinyint '1' as c, smallint '2' as d`);
      deepEqual(await sql(`select typeof(a), a, typeof(b), typeof(c), typeof(d) from ${SCHEMA}.near`), [
        '"timestamp(6)","2026-01-01 00:00:00.123457","varchar","integer","integer"',
      ]);
    });
  });

  it("build a dbt project twice with the profile that 'connect' prints: table, view, incremental model, tests", async () => {
    const build = await dbt(folder);
    for (const time of ["first", "second"]) match(await build(), /PASS=9 WARN=0 ERROR=0 SKIP=0/, time);
    deepEqual(await sql("select count(*) from lakehouse.dbt.revenue_by_year"), ['"7"']);
  });

  it("pass the Python client's own suite, except for the listed tests", async function () {
    const checkout = process.env.TRINO_PYTHON_CLIENT;
    // Only the repository has the tests, not the source archive.
    if (checkout === undefined) this.skip();
    const out = await clientSuite(folder, checkout);
    const failed = [...out.matchAll(/^(?:FAILED|ERROR) \S+::(\w+)/gm)].map(([, name = ""]) => name);
    deepEqual([...new Set(failed)].sort(), Object.keys(NOT_HERE).sort(), out.slice(-4000));
    ok(Number(/(\d+) passed/.exec(out)?.[1]) > 400, out.slice(-300));
  });
});
