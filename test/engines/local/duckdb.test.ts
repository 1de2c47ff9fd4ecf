import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { FORMS } from "../../../cli/local/forms";
import { LocalHome } from "../../../sandbox/engines/local/home";
import { folder, lakehouse, run, sql, start, until } from "./lakehouse";

const duck = (statement: string, ...more: readonly string[]) =>
  run("sql", "--engine", "duckdb", "-e", statement, ...more);
const LONG = "select count(*) from range(10000000000) a, range(1000) b";

/** IDs of DuckDB's processes of this folder. */
const processes = () =>
  readdirSync("/proc").filter((id) => {
    try {
      return (
        readFileSync(join("/proc", id, "cmdline"), "utf8").includes("duck_sql.py") &&
        readFileSync(join("/proc", id, "environ"), "utf8").includes(folder)
      );
    } catch {
      return false;
    }
  });

describe("DuckDB of a lakehouse on this machine", () => {
  before(start);

  it("reads the tables of the catalog, and prints what Trino prints, in every form", async () => {
    const statement = `
      select orderkey, orderstatus, totalprice, orderdate, cast(totalprice as decimal(18, 2)) as price,
        case when orderkey = 3 then null else comment end as comment, orderkey > 3 as later
      from lakehouse.tpch.orders where orderkey < 8 order by orderkey`;
    // AUTO is one of two others, by the width of a terminal, which there is none of here.
    for (const form of FORMS.filter((each) => each !== "AUTO")) {
      const both = ["trino", "duckdb"].map((engine) =>
        run("sql", "--engine", engine, "--format", form, "-e", statement),
      );
      const [trino, duckdb] = await Promise.all(both);
      deepEqual([trino?.code, duckdb?.code], [0, 0], `${form}: ${duckdb?.error}`);
      equal(duckdb?.out, trino?.out, form);
      ok((duckdb?.out.length ?? 0) > 300, form);
    }
    const totals =
      "select event_type, sum(events) as events, min(event_date) as first from lakehouse.gold.daily_events group by 1 order by 1";
    deepEqual((await duck(totals)).out.trim().split("\n"), await sql(totals));
  });

  it("reads Parquet of the object store", async () => {
    const { out, error } = await duck(
      "select count(*) from read_parquet('s3://warehouse/tpch/nation*/data/*.parquet')",
    );
    equal(out, '"25"\n', error);
  });

  it("changes nothing, and reads no file of this machine", async () => {
    for (const [statement, error] of [
      ["create table lakehouse.tpch.mine as select 1 as n", /allowed: one SELECT or EXPLAIN/],
      ["delete from lakehouse.tpch.nation", /allowed: one SELECT or EXPLAIN/],
      ["select 1; select 2", /allowed: one SELECT or EXPLAIN/],
      ["select * from read_text('/etc/passwd')", /Permission Error/],
      ["select * from read_csv('https://example.org/a.csv')", /Permission Error/],
    ] as const) {
      const refused = await duck(statement);
      deepEqual([refused.code, refused.out, refused.error.trim().split("\n").length], [1, "", 1], refused.error);
      match(refused.error, error, statement);
    }
    deepEqual(await sql("select count(*) from lakehouse.tpch.nation"), ['"25"']);
  });

  it("keeps to its limits of rows, time and memory, and runs the next statement", async () => {
    const rows = await duck("select orderkey from lakehouse.tpch.orders", "--max-rows", "3");
    deepEqual([rows.code, rows.out.trim().split("\n").length], [0, 3]);
    equal(rows.error, "only the first 3 rows; --max-rows allows more\n");
    const whole = await duck("select nationkey from lakehouse.tpch.nation", "--max-rows", "25");
    deepEqual([whole.code, whole.error], [0, ""]);
    const time = await duck(LONG, "--max-seconds", "1");
    deepEqual([time.code, time.out], [1, ""]);
    match(time.error, /^it took longer than 1 s; allowed: .* a larger --max-seconds\n$/);
    const memory = await duck("select list(md5(i::varchar)) from range(30000000) t(i)", "--max-memory", "64Mi");
    deepEqual([memory.code, memory.out], [1, ""]);
    match(memory.error, /^Out of Memory Error: .*; allowed: .* a larger --max-memory\n$/);
    equal((await duck("select count(*) from lakehouse.tpch.orders")).out, '"15000"\n');
    deepEqual(readdirSync(join(folder, "duckdb")), []);
  });

  it("refuses an engine that is not there in one line, with exit code 2", async () => {
    const { code, out, error } = await run("sql", "--engine", "presto", "-e", "select 1");
    deepEqual([code, out, error], [2, "", "--engine presto: allowed: trino, duckdb\n"]);
  });

  it("ends with the command that started it, and has no password in the process list", async () => {
    let pid = 0;
    const killed = lakehouse(["sql", "--engine", "duckdb", "-e", LONG], (of) => (pid = of));
    await until(() => processes().length === 1, "it runs");
    const seen = processes().map((id) => readFileSync(join("/proc", id, "cmdline"), "utf8"));
    const passwords = new LocalHome(folder).logins.map(({ password }) => password).filter((each) => each !== "");
    ok(passwords.length > 3);
    deepEqual(
      passwords.filter((password) => seen.join().includes(password)),
      [],
    );
    process.kill(pid, "SIGKILL");
    equal((await killed).code, null);
    await until(() => processes().length === 0, "it has ended");
  });
});
