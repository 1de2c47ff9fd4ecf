import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ingestionScript, SPECS_DIRECTORY } from "../../../../components/query/druid/ingestion";
import {
  READER,
  ROLES_DIRECTORY,
  roleFiles,
  USERS_DIRECTORY,
  usersFile,
  usersScript,
  WRITER,
} from "../../../../components/query/druid/users";
import { until } from "../../../../sandbox/core/until";
import { FakeDruid } from "./server";

const soon: typeof until = (what, condition) => until(what, condition, { within: 30_000 });
const reader = (name: string, password = `of-${name}`) => ({ name, role: READER, password }) as const;

/** The rendered scripts in a shell, against a fake Druid that keeps users and tasks. */
describe("scripts that give Druid users and ingestion tasks", function () {
  this.timeout(60_000);
  let folder: string;
  let druid: FakeDruid;
  let url: string;
  const running: ChildProcess[] = [];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "lakehouse-druid-"));
    for (const each of ["users", "roles", "specs", "tmp"]) mkdirSync(join(folder, each));
    druid = new FakeDruid();
    url = await druid.start();
  });
  afterEach(() => {
    for (const child of running.splice(0)) if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    druid.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const put = (path: string, text: string) => {
    writeFileSync(join(folder, path), text);
  };
  /** A script with paths in the test's folder, and without pauses. */
  function run(script: string, flags: string, env: Readonly<Record<string, string>>) {
    const text = script
      .replaceAll("/tmp/", `${join(folder, "tmp")}/`)
      .replaceAll(USERS_DIRECTORY, join(folder, "users"))
      .replaceAll(ROLES_DIRECTORY, join(folder, "roles"))
      .replaceAll(SPECS_DIRECTORY, join(folder, "specs"))
      .replaceAll(/sleep \d+/g, "sleep 0.1");
    const child = spawn("/bin/sh", [flags, text], { env: { PATH: process.env.PATH ?? "", ...env }, detached: true });
    running.push(child);
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (more: Buffer) => (said += more.toString()));
    const ended = new Promise<number | null>((resolve) => {
      child.once("close", (code) => {
        running.splice(running.indexOf(child), 1);
        resolve(code);
      });
    });
    return { said: () => said, ended };
  }

  describe("users", () => {
    const write = (...all: Parameters<typeof usersFile>[0]) => {
      for (const [name, text] of Object.entries(roleFiles(["orders"]))) put(`roles/${name}`, text);
      put("users/users", usersFile(all));
    };
    const start = () => run(usersScript(`${url}/druid-ext/basic-security`), "-c", { ADMIN_PASSWORD: "of-admin" });
    const times = (said: string) => said.split("those of the stack").length - 1;

    it("are made with their roles, even if Druid is down at first or some exist already", async () => {
      druid.away = 3;
      druid.passwords.set("trino", "old");
      write(reader("trino"), { name: "druid", role: WRITER, password: "of-druid" });
      const { said } = start();
      await soon("applied", () => Promise.resolve(times(said()) === 1));
      assert.deepEqual(Object.fromEntries(druid.passwords), {
        admin: "of-admin",
        trino: "of-trino",
        druid: "of-druid",
      });
      assert.deepEqual([...(druid.users.get("trino") ?? [])], [READER]);
      assert.deepEqual([...(druid.users.get("druid") ?? [])], [WRITER]);
      assert.deepEqual(druid.roles.get(READER), [{ resource: { type: "DATASOURCE", name: ".*" }, action: "READ" }]);
      assert.doesNotMatch(said(), /of-(trino|druid|admin)/);
    });

    it("change only with the file, and only removed users are deleted", async () => {
      druid.passwords.set("ann", "of-ann");
      druid.users.set("ann", new Set(["admin"]));
      write(reader("trino"), reader("superset"));
      const { said } = start();
      await soon("applied", () => Promise.resolve(times(said()) === 1));
      const asked = druid.asked.length;
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.equal(druid.asked.length, asked, "nothing has changed");
      write(reader("trino-2"), reader("trino", "new"));
      await soon("applied again", () => Promise.resolve(times(said()) === 2));
      assert.deepEqual([...druid.passwords.keys()].sort(), ["admin", "ann", "trino", "trino-2"]);
      assert.deepEqual([...druid.users.keys()].sort(), ["admin", "ann", "trino", "trino-2"]);
      assert.equal(druid.passwords.get("trino"), "new");
      assert.equal(druid.passwords.get("ann"), "of-ann");
    });
  });

  describe("ingestion", () => {
    const start = () => run(ingestionScript(url), "-ec", { DRUID_USER: "druid", DRUID_PASSWORD: "of-druid" });
    const spec = (dataSource: string, id?: string) =>
      `${JSON.stringify({ type: "x", ...(id && { id }), spec: { dataSchema: { dataSource } } }, null, 2)}\n`;
    beforeEach(() => druid.passwords.set("druid", "of-druid"));

    it("is submitted, batches only once, even if Druid is down or does not know the user yet", async () => {
      put("specs/orders.stream.json", spec("orders"));
      put("specs/clicks.batch.json", spec("clicks", "clicks-abc"));
      druid.passwords.delete("druid");
      druid.away = 2;
      const first = start();
      await soon("it is refused", () => Promise.resolve(first.said().includes("answered 401")));
      druid.passwords.set("druid", "of-druid");
      assert.equal(await first.ended, 0, first.said());
      assert.deepEqual(druid.supervisors, ["orders"]);
      assert.deepEqual([...druid.tasks], [["clicks-abc-1", "SUCCESS"]]);
      const again = start();
      assert.equal(await again.ended, 0, again.said());
      assert.deepEqual([...druid.tasks], [["clicks-abc-1", "SUCCESS"]]);
    });

    it("is retried at most three times if a task fails", async () => {
      put("specs/clicks.batch.json", spec("clicks", "clicks-abc"));
      druid.outcome = (id) => (id.endsWith("-2") ? "SUCCESS" : "FAILED");
      assert.equal(await start().ended, 0);
      assert.deepEqual([...druid.tasks.keys()], ["clicks-abc-1", "clicks-abc-2"]);
      put("specs/clicks.batch.json", spec("clicks", "clicks-def"));
      druid.outcome = () => "FAILED";
      assert.equal(await start().ended, 1);
      assert.equal(druid.tasks.size, 5);
    });

    it("fails at once if Druid refuses the specification", async () => {
      for (const file of ["refused.stream.json", "refused.batch.json"]) {
        put(`specs/${file}`, spec("refused", "refused-abc"));
        const { ended, said } = start();
        assert.equal(await ended, 1, said());
        assert.match(said(), /refused: .*no/);
        rmSync(join(folder, "specs", file));
      }
    });
  });
});
