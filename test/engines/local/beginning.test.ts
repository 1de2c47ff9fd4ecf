import { deepEqual, equal, match, ok } from "node:assert/strict";
import { lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { running } from "../../../sandbox/core/processes";
import { ALL_ORDERS, folder, lakehouse, ORDERS, run, sql, start, until, up } from "./lakehouse";

describe("a new lakehouse on this machine", () => {
  before(async () => {
    // Removes the lakehouse of an earlier run.
    const { code, error } = await run("wipe", "--yes");
    if (code !== 0) match(error, /there is no lakehouse in it/);
  });

  it("leaves nothing running when its start is killed", async () => {
    let pid = 0;
    const killed = lakehouse(["start"], (of) => (pid = of));
    await until(() => up().length >= 3, "engines are on their way");
    process.kill(pid, "SIGKILL");
    equal((await killed).code, null);
    await until(() => running(folder).length === 0, "nothing runs");
  });

  it("starts after that with sample data, and prints no password", async () => {
    const { out, error } = await start();
    match(out, /Trino .* http:\/\/127\.0\.0\.1:\d+\/ui/);
    deepEqual(await sql(ORDERS), ALL_ORDERS);
    deepEqual(await sql("select event_type, sum(events) from lakehouse.gold.daily_events group by 1 order by 1"), [
      '"buy","667"',
      '"click","667"',
      '"view","666"',
    ]);
    const passwords = JSON.parse(readFileSync(join(folder, "passwords.json"), "utf8")) as {
      generated: Record<string, string>;
    };
    const values = Object.values(passwords.generated);
    ok(values.length > 5);
    equal(statSync(join(folder, "passwords.json")).mode & 0o777, 0o600);
    deepEqual(
      values.filter((value) => `${out}${error}`.includes(value)),
      [],
    );
    const logs = readdirSync(folder).filter((name) => name.endsWith(".log"));
    ok(logs.length >= 6);
    for (const log of logs) {
      const text = readFileSync(join(folder, log), "utf8");
      deepEqual(
        values.filter((value) => text.includes(value)),
        [],
        log,
      );
    }
  });

  it("lets only its owner read its files", () => {
    const open = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => {
      const path = join(folder, name);
      return !lstatSync(path).isSymbolicLink() && (statSync(path).mode & 0o077) !== 0;
    });
    // Folders below one that only the owner can enter need no check.
    const reachable = open.filter((name) => !name.includes("/"));
    deepEqual(reachable, []);
    equal(statSync(folder).mode & 0o066, 0);
  });

  it("shows by 'status' each engine, whether a query runs, and passwords only on request", async () => {
    const { code, out } = await run("status");
    equal(code, 0, out);
    match(out, /✔ 6 of 6 engines run/);
    ok(!/-[0-9a-f]{24}/.test(out));
    match((await run("status", "--show-credentials")).out, /lakehouse-root .*-[0-9a-f]{24}/);
  });

  it("accepts two starts at once, and a query runs after each", async () => {
    const [first, second] = await Promise.all([run("start"), run("start")]);
    deepEqual([first.code, second.code], [0, 0], first.error + second.error);
    match(first.out + second.out, /runs already/);
    await sql("select 1");
  });

  it("leaves nothing running after 'stop', and has its data after the next start", async () => {
    await sql("create table lakehouse.tpch.stays as select 7 as n");
    match((await run("stop")).out, /6 engines ended, nothing is left running/);
    deepEqual(running(folder), []);
    equal((await run("sql", "-e", "select 1")).code, 2);
    equal((await run("start")).code, 0);
    deepEqual(await sql("select n from lakehouse.tpch.stays"), ['"7"']);
    await sql("drop table lakehouse.tpch.stays");
  });
});
