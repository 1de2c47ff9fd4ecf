import assert from "node:assert/strict";
import { spawnSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { clientRole, type ClientRights, rightsFile, rightsLines } from "../../../../components/query/milvus/rights";
import { RIGHTS_DIRECTORY, RIGHTS_FILE, setupScript } from "../../../../components/query/milvus/setup";
import { FakeMilvus } from "./server";

const client = (service: string, level: "read" | "write" = "write", users = [service]): ClientRights => ({
  service,
  access: [{ space: "docs", level }],
  users,
});

/** The rendered script in a shell, against a fake Milvus that keeps databases, users and roles. */
describe("the script that makes Milvus' spaces, roles and users", function () {
  this.timeout(120_000);
  let folder: string;
  let milvus: FakeMilvus;
  let url: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "lakehouse-milvus-"));
    for (const each of ["tmp", "rights"]) mkdirSync(join(folder, each));
    milvus = new FakeMilvus();
    url = await milvus.start();
  });
  afterEach(() => {
    milvus.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function run(
    clients: readonly ClientRights[],
    passwords: (user: string) => string = (user) => `of-${user}`,
    root = "of-root",
  ): Promise<{ readonly code: number | null; readonly said: string }> {
    const all = Object.fromEntries(clients.flatMap(({ users }) => users.map((user) => [user, passwords(user)])));
    writeFileSync(join(folder, "rights", RIGHTS_FILE), rightsFile(rightsLines(clients), all));
    const text = setupScript()
      .replaceAll("/tmp/", `${join(folder, "tmp")}/`)
      .replaceAll(RIGHTS_DIRECTORY, join(folder, "rights"))
      .replaceAll(/sleep \d+/g, "sleep 0.05");
    const child = spawn("/bin/sh", ["-ec", text], {
      env: { PATH: process.env.PATH ?? "", MILVUS_URL: url, ROOT_PASSWORD: root },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (more: Buffer) => (said += more.toString()));
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { code, said };
  }
  const rolesOf = (user: string) => [...(milvus.users.get(user) ?? [])];

  it("waits for Milvus, and gives each client a user with its role's rights in its space", async () => {
    milvus.away = 2;
    const { code, said } = await run([client("search_service"), client("reader", "read")]);
    assert.equal(code, 0, said);
    assert.match(said, /waits for Milvus: .*proxy is not ready/);
    assert.deepEqual([...milvus.databases], ["default", "docs"]);
    assert.equal(milvus.passwords.get("search_service"), "of-search_service");
    for (const [name, level] of [
      ["search_service", "write"],
      ["reader", "read"],
    ] as const) {
      const role = clientRole(client(name, level));
      assert.deepEqual(rolesOf(name), [role.name]);
      assert.deepEqual([...(milvus.roles.get(role.name) ?? [])], role.rights);
    }
    assert.doesNotMatch(said, /of-/);
  });

  it("changes nothing when it runs again, also where rights are not told and may not be granted twice", async () => {
    await run([client("spark")]);
    for (const strict of [false, true]) {
      milvus.strict = strict;
      milvus.changes.length = 0;
      const { code, said } = await run([client("spark")]);
      assert.equal(code, 0, said);
      assert.deepEqual(milvus.changes, []);
    }
  });

  it("gives a client with other rights another role, and takes the one before away with its rights", async () => {
    await run([client("spark", "write")]);
    const [before] = rolesOf("spark");
    const { code, said } = await run([client("owner", "write"), client("spark", "read")]);
    assert.equal(code, 0, said);
    const { name } = clientRole(client("spark", "read"));
    assert.notEqual(name, before);
    assert.deepEqual(rolesOf("spark"), [name]);
    assert.equal(milvus.roles.has(before ?? ""), false);
  });

  it("rotates: the next generation has a user of its own beside the one before, which goes when nobody has it any more", async () => {
    await run([client("spark", "write", ["spark"])]);
    await run([client("spark", "write", ["spark_2", "spark"])]);
    assert.deepEqual(rolesOf("spark_2"), rolesOf("spark"));
    const { code } = await run([client("spark", "write", ["spark_2"])]);
    assert.equal(code, 0);
    assert.deepEqual([...milvus.users.keys()], ["root", "spark_2"]);
    assert.equal(rolesOf("spark_2").length, 1);
  });

  it("makes a user whose password is another one anew, and leaves users and roles of people", async () => {
    await run([client("spark")]);
    milvus.passwords.set("spark", "changed");
    milvus.passwords.set("grace", "hers");
    milvus.users.set("grace", new Set(["admin"]));
    milvus.roles.set("analysts", new Set(["docs Search"]));
    const { code } = await run([client("spark")]);
    assert.equal(code, 0);
    assert.equal(milvus.passwords.get("spark"), "of-spark");
    assert.equal(rolesOf("spark").length, 1);
    assert.deepEqual([milvus.users.has("grace"), milvus.roles.has("analysts")], [true, true]);
  });

  it("takes the users and roles of all clients away when none is left, and keeps their spaces", async () => {
    await run([client("spark")]);
    const { code, said } = await run([]);
    assert.equal(code, 0, said);
    assert.deepEqual([...milvus.users.keys()], ["root"]);
    assert.deepEqual([...milvus.roles.keys()], ["admin", "public"]);
    assert.ok(milvus.databases.has("docs"));
  });

  it("fails with Milvus' own words when Milvus refuses a call", async () => {
    milvus.databases.add = () => {
      throw new Error("database number exceeds limit");
    };
    const { code, said } = await run([client("spark")]);
    assert.equal(code, 1);
    assert.match(said, /databases\/create: .*exceeds limit/);
  });

  it("is a script that a shell without Bash's own words reads", () => {
    const { status, stderr } = spawnSync("/bin/sh", ["-n", "-c", setupScript()], { encoding: "utf8" });
    assert.equal(status, 0, stderr);
  });
});
