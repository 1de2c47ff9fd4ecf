import { deepEqual, equal, match } from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { running } from "../../../sandbox/core/processes";
import { ALL_ORDERS, folder, ORDERS, pidOf, run, sql, start, until, up } from "./lakehouse";

describe("a lakehouse on this machine whose engines end", () => {
  before(start);

  it("restarts an engine, and 'status' shows which and why; the others keep running", async () => {
    const [worker, coordinator] = [pidOf("trino-worker"), pidOf("trino-coordinator")];
    process.kill(-worker, "SIGKILL");
    await until(() => pidOf("trino-worker") !== worker && up().length === 6, "another worker runs");
    await until(async () => (await run("status")).code === 0, "a query runs");
    equal(pidOf("trino-coordinator"), coordinator);
    match((await run("status")).out, /Trino's worker started again after .* UTC: killed \(SIGKILL\)/);
  });

  it("starts only missing engines by 'start', and reports a missing supervisor by 'status'", async () => {
    const supervisor = running(folder).find(({ name }) => name === "supervisor")?.pid ?? 0;
    process.kill(-supervisor, "SIGKILL");
    const rest = pidOf("rest-catalog");
    process.kill(-rest, "SIGKILL");
    await until(() => up().length === 5, "it has ended");
    const { code, out } = await run("status");
    equal(code, 1);
    match(out, /5 of 6 engines run[^]*engines that fail are not restarted/);
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

  it("loads six million rows without losing an engine", loadsSixMillionRows);

  it("starts although other processes have the IDs of its PID files", async () => {
    equal((await run("stop")).code, 0);
    for (const file of ["trino-coordinator/data/var/run/launcher.pid", "trino-worker/data/var/run/launcher.pid"]) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), `${process.pid}\n`);
    }
    const started = await run("start", "--memory", "5.5Gi");
    equal(started.code, 0, started.error);
    match((await run("status")).out, /✔ 6 of 6 engines run/);
  });

  it("loads the same with the smallest allowed memory", loadsSixMillionRows);

  it("reports why a query with more memory than Trino counts ended its worker, and runs the next query", async () => {
    const worker = pidOf("trino-worker");
    // Each row has a text of 1 GB, which Trino's limits do not foresee.
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

async function loadsSixMillionRows(): Promise<void> {
  await sql("create schema if not exists lakehouse.large with (location = 's3://warehouse/large')");
  const before = pidOf("trino-worker");
  await sql("create table lakehouse.large.lineitem as select * from tpch.sf1.lineitem");
  deepEqual(await sql("select count(*) from lakehouse.large.lineitem"), ['"6001215"']);
  equal(pidOf("trino-worker"), before);
  const { code, out } = await run("status");
  equal(code, 0, out);
  await sql("drop table lakehouse.large.lineitem");
}
