import { deepEqual, equal, match, ok } from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { running } from "../../../sandbox/core/processes";
import { ALL_ORDERS, folder, ORDERS, pidOf, run, sql, start, until, up } from "./lakehouse";

describe("engines of a lakehouse on this machine end", () => {
  before(start);

  it("an engine that ends is started again, and status says which and why; the others run on", async () => {
    const [worker, coordinator] = [pidOf("trino-worker"), pidOf("trino-coordinator")];
    process.kill(-worker, "SIGKILL");
    await until(() => pidOf("trino-worker") !== worker && up().length === 6, "another worker runs");
    await until(async () => (await run("status")).code === 0, "a query runs");
    equal(pidOf("trino-coordinator"), coordinator);
    match((await run("status")).out, /Trino's worker started again after .* UTC: killed \(SIGKILL\)/);
  });

  it("start starts what does not run, and nothing else; without its supervisor status is not well", async () => {
    const supervisor = running(folder).find(({ name }) => name === "supervisor")?.pid ?? 0;
    process.kill(-supervisor, "SIGKILL");
    const rest = pidOf("rest-catalog");
    process.kill(-rest, "SIGKILL");
    await until(() => up().length === 5, "it has ended");
    const { code, out } = await run("status");
    equal(code, 1);
    match(out, /5 of 6 engines run[^]*nothing starts again what ends/);
    const before = running(folder).map(({ name, pid }) => `${name} ${pid}`);
    const again = await run("start");
    equal(again.code, 0, again.error);
    const after = running(folder).map(({ name, pid }) => `${name} ${pid}`);
    deepEqual(
      before.filter((each) => !after.includes(each)),
      [],
    );
    equal((await run("status")).code, 0);
  });

  it("numbers in pid files that other processes have now stop no start", async () => {
    equal((await run("stop")).code, 0);
    for (const file of ["trino-coordinator/data/var/run/launcher.pid", "trino-worker/data/var/run/launcher.pid"]) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), `${process.pid}\n`);
    }
    const started = await run("start");
    equal(started.code, 0, started.error);
    match((await run("status")).out, /✔ 6 of 6 engines run/);
  });

  it("a load of six million rows ends, and no engine with it", async () => {
    await sql("create schema if not exists lakehouse.large with (location = 's3://warehouse/large')");
    await sql("create table lakehouse.large.lineitem as select * from tpch.sf1.lineitem");
    deepEqual(await sql("select count(*) from lakehouse.large.lineitem"), ['"6001215"']);
    const { code, out } = await run("status");
    equal(code, 0, out);
    ok(!out.includes("started again"), out);
    await sql("drop table lakehouse.large.lineitem");
  });

  it("a query that takes more memory than its engine counts ends the worker: it is told why, and the next one runs", async () => {
    const worker = pidOf("trino-worker");
    // A text of a gigabyte for each row, which Trino's own limits do not see coming.
    const text =
      "array_join(transform(sequence(1, 10000), x -> rpad(cast(x + l.linenumber as varchar), 100000, 'y')), '')";
    const { code, error } = await run("sql", "-e", `select max(length(${text})) from tpch.tiny.lineitem l`);
    equal(code, 1);
    match(error, /Trino's worker .* after .* UTC.*: out of memory: start it with a larger --memory/);
    await until(async () => pidOf("trino-worker") !== worker && (await run("status")).code === 0, "a query runs");
    deepEqual(await sql(ORDERS), ALL_ORDERS);
    match((await run("status")).out, /Trino's worker started again after .* UTC.*: out of memory/);
  });
});
