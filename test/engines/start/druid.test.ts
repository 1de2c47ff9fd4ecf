import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";

import { PORTS } from "../../../components/query/druid/config";
import { type Role, ROLES } from "../../../components/query/druid/pods";
import { readStackFile } from "../../../preview/stack-file";
import { PROJECT_FOLDER } from "../../../preview/project";
import { Run } from "../../../sandbox/core/run";
import { PATIENCE, until } from "../../../sandbox/core/until";
import { contained } from "../../../sandbox/engines/contained";
import { druidHome, emptySegments, startDruid, startZooKeeper } from "../../../sandbox/engines/druid/druid";
import { Engine } from "../../../sandbox/engines/engine";
import { Ground } from "../../../sandbox/engines/ground";
import { Client, startMinio } from "../../../sandbox/engines/minio/minio";
import { makeMinioResources } from "../../../sandbox/engines/minio/resources";
import { obtain } from "../../../sandbox/engines/obtain";
import { command } from "../../../sandbox/engines/obtain/command";
import { startPostgres } from "../../../sandbox/engines/postgres/postgres";
import { makePostgresResources } from "../../../sandbox/engines/postgres/resources";
import { Rendered } from "../../../sandbox/engines/rendered";

const ROUTER = `http://127.0.0.1:${String(PORTS.router)}`;
const CLICKS = ["a", "b", "a"].map((user, at) =>
  JSON.stringify({ timestamp: `2026-01-0${String(at + 1)}T00:00:00Z`, user }),
);

describe("Druid", function () {
  this.timeout(PATIENCE);
  let run: Run | undefined;
  let ground: Ground;
  let hosts: string;
  const engines = new Map<Role, Engine>();

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    const tools = await obtain(
      () => undefined,
      ["minio", "python", "druid", "druidPostgres", "druidS3", "druidSecurity"],
    );
    const config = readStackFile(PROJECT_FOLDER, "dev");
    const query = JSON.parse(config.values["lakehouse:query"] ?? "{}") as object;
    const druid = { enabled: true, batches: [{ dataSource: "clicks", prefix: "clicks/" }] };
    const values = { ...config.values, "lakehouse:query": JSON.stringify({ ...query, druid }) };
    const rendered = await Rendered.of("dev", undefined, { ...config, values });
    run = Run.start("druid");
    // The Services' own ports, because no other process is in this network.
    ground = await Ground.of(run, rendered, tools, { s3: 9000, postgres: 5432 });
    hosts = ground.path("hosts");
    const names = [
      "minio.lakehouse-storage.svc",
      "postgres-rw.lakehouse-storage.svc",
      "druid-router.lakehouse-druid.svc",
    ];
    // The kubelet writes the pod's own name too.
    writeFileSync(hosts, `127.0.0.1 localhost ${hostname()} ${names.join(" ")}\n`);
    const [, database] = await Promise.all([
      startMinio(ground, "minio", { events: false }).then(() => makeMinioResources(ground, { events: false })),
      startPostgres(ground),
      startZooKeeper(ground),
    ]);
    await makePostgresResources(ground, database);
  });
  after(async () => {
    await run?.end();
  });

  const secret = (name: string, key: string) => ground.rendered.secret(name, key);
  const login = (name: string) => [secret(name, "username"), secret(name, "password")] as const;
  const admin = () => ["admin", secret("druid-server", "adminPassword")] as const;

  async function ask(user: readonly [string, string] | undefined, path: string, body?: object) {
    const answer = await fetch(`${ROUTER}/${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        "Content-Type": "application/json",
        ...(user && { Authorization: `Basic ${Buffer.from(user.join(":")).toString("base64")}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { code: answer.status, text: (await answer.text()).trim() };
  }
  const sql = (user: readonly [string, string] | undefined, query: string) => ask(user, "druid/v2/sql", { query });

  /** Command line and variables of a container of another pod, with its mounts. */
  function beside(kind: string, name: string, container: string, mounts: Record<string, string>) {
    const found = ground.rendered.container(kind, name, container);
    const line = contained(found, {
      mounts: { "/tmp": ground.folder(`tmp-${container}`), ...mounts },
      hosts,
      user: 1000,
    });
    return { line, env: { ...ground.rendered.env(found), PATH: process.env.PATH ?? "" } };
  }

  const start = async (role: Role, home: string) => {
    engines.set(role, await startDruid(ground, role, home, hosts));
  };

  it("starts every role from its rendered files, and reports its health without a login", async () => {
    const home = druidHome(ground);
    await start("coordinator", home);
    await Promise.all(ROLES.filter((role) => role !== "coordinator").map((role) => start(role, home)));
    for (const [role, path] of [
      ["broker", "broker"],
      ["historical", "historical"],
    ] as const)
      await until(`${role} is ready`, async () => {
        const answer = await fetch(`http://127.0.0.1:${String(PORTS[role])}/druid/${path}/v1/readiness`);
        return answer.status === 200;
      });
  });

  it("accepts the stack's users and no others; readers can only read", async () => {
    const users = ground.write("users", { users: secret("druid-users", "users") });
    const roles = ground.write("roles", ground.rendered.configMap("druid-coordinator-roles"));
    const { line, env } = beside("Deployment", "druid-coordinator", "users", {
      "/opt/lakehouse/users": users,
      "/opt/lakehouse/roles": roles,
    });
    await Engine.start(run ?? assert.fail(), { name: "users", command: line, env });
    const trino = login("trino-druid");
    await until("Trino's user is known", async () => (await sql(trino, "SELECT 1")).code === 200);
    assert.equal((await sql(undefined, "SELECT 1")).code, 401);
    assert.equal((await sql([trino[0], "wrong"], "SELECT 1")).code, 401);
    for (const path of ["druid-ext/basic-security/authentication/db/basic/users", "druid/coordinator/v1/config"])
      assert.equal((await ask(trino, `proxy/coordinator/${path}`)).code, 403, path);
    const task = { type: "kill", dataSource: "clicks", interval: "2026/2027" };
    assert.equal((await ask(trino, "druid/indexer/v1/task", task)).code, 403);
    assert.equal(
      (await ask(login("druid-login"), "druid/indexer/v1/task", { ...task, dataSource: "others" })).code,
      403,
    );
  });

  it("ingests files once with the rendered task, and answers queries through the router", async () => {
    const root = Client.root(ground);
    await root.put("bronze/clicks/one.json", `${CLICKS.slice(0, 2).join("\n")}\n`);
    await root.put("bronze/clicks/two.json", `${CLICKS.slice(2).join("\n")}\n`);
    const specs = ground.write("specs", ground.rendered.configMap("druid-ingestion-specs"));
    const task = () => {
      const { line, env } = beside("Job", "druid-ingestion", "ingestion", { "/opt/lakehouse/specs": specs });
      return command(line, { env });
    };
    assert.match(await task(), /clicks-[0-9a-f]{12}-1: done/);
    const count = 'SELECT "user", count(*) AS n FROM clicks GROUP BY 1 ORDER BY 1';
    const wanted = '[{"user":"a","n":2},{"user":"b","n":1}]';
    await until("it is in answers", async () => (await sql(login("trino-druid"), count)).text === wanted);
    const tasks = async () => (JSON.parse((await ask(admin(), "druid/indexer/v1/tasks")).text) as unknown[]).length;
    const before = await tasks();
    await task();
    assert.equal(await tasks(), before, "nothing was taken in again");
  });

  it("keeps segments below its own prefix, and its user has no access elsewhere", async () => {
    const root = Client.root(ground);
    const keys = await root.list("services/");
    assert.ok(
      keys.some((key) => key.startsWith("druid/segments/clicks/")),
      keys.join(),
    );
    assert.deepEqual(
      keys.filter((key) => !key.startsWith("druid/")),
      [],
    );
    await root.put("services/loki/chunk", "x");
    const own = Client.of(ground, "druid");
    await own.put("services/druid/probe", "1");
    assert.equal(await own.get("services/druid/probe"), "1");
    await own.remove("services/druid/probe");
    const denied = /Access Denied|Insufficient permissions/i;
    await assert.rejects(own.get("services/loki/chunk"), denied);
    await assert.rejects(own.put("services/loki/chunk", "2"), denied);
    await assert.rejects(own.put("bronze/clicks/three.json", "{}"), denied);
    await assert.rejects(own.get("bronze/others/x"), denied);
  });

  it("loses no data when a historical loses its process and volume, or when the coordinator crashes", async () => {
    const count = () => sql(login("trino-druid"), "SELECT count(*) AS n FROM clicks");
    const historical = engines.get("historical") ?? assert.fail();
    await historical.kill();
    emptySegments(ground);
    await historical.restart();
    await until("its segments are loaded again", async () => (await count()).text === '[{"n":3}]');
    const coordinator = engines.get("coordinator") ?? assert.fail();
    await coordinator.kill();
    assert.equal((await count()).text, '[{"n":3}]', "answers go on meanwhile");
    await coordinator.restart();
    await until(
      "it leads again",
      async () => (await ask(admin(), "proxy/coordinator/druid/coordinator/v1/leader")).code === 200,
    );
    // The broker may lose sight of the historical for a moment while roles find each other again.
    await until("each row is there once", async () => (await count()).text === '[{"n":3}]');
  });

  it("has no password in its files or in the process list", () => {
    const { rendered } = ground;
    const passwords = [
      ["druid-server", "adminPassword"],
      ["druid-server", "internalPassword"],
      ["druid-postgres", "password"],
      ["druid-s3", "SecretKey"],
      ["druid-login", "password"],
      ["trino-druid", "password"],
    ] as const;
    const seen = [
      ...ROLES.flatMap((role) => Object.values(rendered.configMap(`druid-${role}-conf`))),
      ...Object.values(rendered.configMap("druid-ingestion-specs")),
      ...[...engines.values()].map(
        ({ pid, log }) => `${readFileSync(`/proc/${String(pid)}/cmdline`, "utf8")}${readFileSync(log, "utf8")}`,
      ),
    ].join("\n");
    assert.match(seen, /org\.apache\.druid\.cli\.Main/);
    for (const [name, key] of passwords) assert.ok(!seen.includes(secret(name, key)), `${name} ${key}`);
  });
});
