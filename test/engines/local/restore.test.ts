import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync, statSync } from "node:fs";

import { running } from "../../../sandbox/core/processes";
import { ALL_ORDERS, backupFile, folder, ORDERS, run, sql, start } from "./lakehouse";
import { makeOwn, OWN, ownThings } from "./own";

describe("backup and restore of a lakehouse on this machine", () => {
  before(start);

  it("backs up a running lakehouse, and leaves nothing behind in it", async () => {
    await sql("create table lakehouse.tpch.mine as select 7 as n");
    await sql("create table postgres.public.mine as select 8 as n");
    await makeOwn(folder);
    const { code, out, error } = await run("backup", backupFile);
    equal(code, 0, error);
    match(out, /5 databases, 6 buckets with \d+ objects/);
    equal(statSync(backupFile).mode & 0o777, 0o600);
    // The catalogs accept writes again.
    await sql("insert into lakehouse.tpch.mine values 9");
    for (const [args, why] of [
      [["backup", backupFile], /it is there already/],
      [["restore", backupFile], /its engines run/],
      [["wipe"], /add --yes/],
    ] as const) {
      const refused = await run(...args);
      deepEqual([refused.code, refused.error.trim().split("\n").length], [2, 1], refused.error);
      match(refused.error, why);
    }
  });

  it("restores every table of a wiped lakehouse as it was at the backup", async () => {
    equal((await run("wipe", "--yes")).code, 0);
    ok(!existsSync(folder));
    const restored = await run("restore", backupFile);
    equal(restored.code, 0, restored.error);
    deepEqual(running(folder), []);
    match((await run("restore", backupFile)).error, /there is a lakehouse in it/);
    equal((await run("start")).code, 0);
    deepEqual(await ownThings(folder), OWN);
    deepEqual(await sql("select n from lakehouse.tpch.mine union all select n from postgres.public.mine order by n"), [
      '"7"',
      '"8"',
    ]);
    deepEqual(await sql(ORDERS), ALL_ORDERS);
    equal((await run("stop")).code, 0);
  });

  it("backs up a stopped lakehouse, and stops it again", async () => {
    const { code, out, error } = await run("backup", `${backupFile}.2`);
    equal(code, 0, error);
    match(out, /5 databases, 6 buckets with \d+ objects/);
    deepEqual(running(folder), []);
  });
});
