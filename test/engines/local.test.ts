import { deepEqual, equal, match, ok } from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { PROJECT_FOLDER } from "../../cli/project";
import { running, stopAll } from "../../sandbox/core/processes";

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** The command line itself, on a folder of its own. */
function lakehouse(folder: string, args: readonly string[], started?: (pid: number) => void): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const program = join(PROJECT_FOLDER, "bin", "lakehouse.js");
    const child = spawn(process.execPath, [program, "local", ...args, "--folder", folder]);
    let [out, error] = ["", ""];
    child.stdout.on("data", (data: Buffer) => (out += data.toString()));
    child.stderr.on("data", (data: Buffer) => (error += data.toString()));
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({ code, out, error });
    });
    started?.(child.pid ?? 0);
  });
}

describe("a lakehouse on this machine", () => {
  const above = mkdtempSync(join(tmpdir(), "lakehouse-local-test-"));
  const [folder, file] = [join(above, "lakehouse"), join(above, "backup.tar.gz")];
  const run = (...args: string[]) => lakehouse(folder, args);
  const sql = async (statement: string) => {
    const { code, out, error } = await run("sql", "-e", statement);
    equal(code, 0, error);
    return out.trim().split("\n");
  };
  const ORDERS = "select count(*), sum(orderkey) from lakehouse.tpch.orders";

  before(() => {
    // PostgreSQL's user must reach it.
    chmodSync(above, 0o755);
  });

  after(async () => {
    await stopAll(folder);
    rmSync(above, { recursive: true, force: true });
  });

  it("a start that is killed leaves nothing running", async () => {
    let pid = 0;
    const killed = lakehouse(folder, ["start"], (of) => (pid = of));
    const until = Date.now() + 120_000;
    while (running(folder).length < 3 && Date.now() < until) await sleep(100);
    ok(running(folder).length >= 3, "engines were on their way");
    process.kill(pid, "SIGKILL");
    equal((await killed).code, null);
    while (running(folder).length > 0 && Date.now() < until) await sleep(100);
    deepEqual(running(folder), []);
  });

  it("the next start is well: sample data is there, and what is printed has no password", async () => {
    const { code, out, error } = await run("start");
    equal(code, 0, error);
    match(out, /Trino .* http:\/\/127\.0\.0\.1:\d+\/ui/);
    deepEqual(await sql(ORDERS), ['"15000","449872500"']);
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

  it("a second start says that it runs; status shows each engine, and passwords only when asked", async () => {
    match((await run("start")).out, /runs already/);
    const { code, out } = await run("status");
    equal(code, 0);
    match(out, /6 of 6 engines run/);
    ok(!/-[0-9a-f]{24}/.test(out));
    match((await run("status", "--show-credentials")).out, /minio-root .*-[0-9a-f]{24}/);
  });

  it("a wrong statement is said, with exit code 1", async () => {
    const { code, error } = await run("sql", "-e", "selec 1");
    equal(code, 1);
    match(error, /mismatched input 'selec'/);
  });

  it("a backup is made while it runs, and nothing of it is in the way", async () => {
    await sql("create table lakehouse.tpch.mine as select 7 as n");
    await sql("create table postgres.public.mine as select 8 as n");
    const { code, out, error } = await run("backup", file);
    equal(code, 0, error);
    match(out, /3 databases, 5 buckets with \d+ objects/);
    // The catalogs work again.
    await sql("insert into lakehouse.tpch.mine values 9");
    for (const [args, why] of [
      [["backup", file], /it is there already/],
      [["restore", file], /its engines run/],
      [["wipe"], /add --yes/],
    ] as const) {
      const refused = await run(...args);
      deepEqual([refused.code, refused.error.trim().split("\n").length], [2, 1], refused.error);
      match(refused.error, why);
    }
  });

  it("stop leaves nothing running, and the next start has the data", async () => {
    match((await run("stop")).out, /6 engines ended, nothing is left running/);
    deepEqual(running(folder), []);
    equal((await run("sql", "-e", "select 1")).code, 2);
    equal((await run("start")).code, 0);
    deepEqual(await sql("select n from lakehouse.tpch.mine order by n"), ['"7"', '"9"']);
  });

  it("an engine that ended is started again, and the rest with it", async () => {
    const [worker] = running(folder).filter(({ name }) => name === "trino-worker");
    process.kill(-worker!.pid, "SIGKILL");
    const until = Date.now() + 10_000;
    while (running(folder).length > 5 && Date.now() < until) await sleep(100);
    const { code, out } = await run("status");
    equal(code, 1);
    match(out, /5 of 6 engines run/);
    const again = await run("start");
    equal(again.code, 0, again.error);
    match((await run("status")).out, /6 of 6 engines run/);
  });

  it("wiped and restored, every table is as it was at the backup", async () => {
    equal((await run("wipe", "--yes")).code, 0);
    ok(!existsSync(folder));
    const restored = await run("restore", file);
    equal(restored.code, 0, restored.error);
    deepEqual(running(folder), []);
    match((await run("restore", file)).error, /there is a lakehouse in it/);
    equal((await run("start")).code, 0);
    deepEqual(await sql("select n from lakehouse.tpch.mine union all select n from postgres.public.mine order by n"), [
      '"7"',
      '"8"',
    ]);
    deepEqual(await sql(ORDERS), ['"15000","449872500"']);
    equal((await run("stop")).code, 0);
  });

  it("one that is stopped can be backed up too, and is stopped after it", async () => {
    const { code, out, error } = await run("backup", `${file}.2`);
    equal(code, 0, error);
    match(out, /3 databases, 5 buckets with \d+ objects/);
    deepEqual(running(folder), []);
  });
});
