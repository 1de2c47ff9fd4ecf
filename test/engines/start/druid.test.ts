import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { ROLES } from "../../../components/query/druid/pods";
import { readStackFile } from "../../../inputs/stack-file";
import { PROJECT_FOLDER } from "../../../inputs/project";
import { Run } from "../../../sandbox/core/run";
import { PATIENCE, until } from "../../../sandbox/core/until";
import { DruidCluster, type Login } from "../../../sandbox/engines/druid/cluster";
import { emptySegments, startZooKeeper } from "../../../sandbox/engines/druid/druid";
import { Ground } from "../../../sandbox/engines/ground";
import { Client, startMinio } from "../../../sandbox/engines/minio/minio";
import { makeMinioResources } from "../../../sandbox/engines/minio/resources";
import { obtain } from "../../../sandbox/engines/obtain";
import { startPostgres } from "../../../sandbox/engines/postgres/postgres";
import { makePostgresResources } from "../../../sandbox/engines/postgres/resources";
import { Rendered } from "../../../sandbox/engines/rendered";

const CLICKS = ["a", "b", "a"].map((user, at) =>
  JSON.stringify({ timestamp: `2026-01-0${String(at + 1)}T00:00:00Z`, user }),
);
/** A hundred sales a day and country for twenty days, of an amount for each country. */
const SALES = Array.from({ length: 6000 }, (_, at) =>
  JSON.stringify({
    timestamp: new Date(Date.UTC(2026, 0, 1 + (at % 20), at % 24)).toISOString(),
    country: ["de", "fr", "us"][at % 3],
    amount: (at % 3) + 0.5,
    user: `u${String(at)}`,
  }),
);

describe("Druid", function () {
  this.timeout(PATIENCE);
  let run: Run | undefined;
  let ground: Ground;
  let druid: DruidCluster;

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    const tools = await obtain(
      () => undefined,
      ["minio", "python", "druid", "druidPostgres", "druidS3", "druidSecurity"],
    );
    const config = readStackFile(PROJECT_FOLDER, "dev");
    const query = JSON.parse(config.values["lakehouse:query"] ?? "{}") as object;
    const rollup = { by: ["country"], sum: ["amount"], every: "day" };
    const batches = [
      { dataSource: "clicks", prefix: "clicks/" },
      { dataSource: "sales", prefix: "sales/", granularity: "month", rollup },
    ];
    const settings = { enabled: true, batches };
    const values = { ...config.values, "lakehouse:query": JSON.stringify({ ...query, druid: settings }) };
    const rendered = await Rendered.of("dev", undefined, { ...config, values });
    run = Run.start("druid");
    // The Services' own ports, because no other process is in this network.
    ground = await Ground.of(run, rendered, tools, { s3: 9000, postgres: 5432 });
    druid = new DruidCluster(ground);
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
  const login = (name: string) => druid.login(name);
  const admin = () => ["admin", secret("druid-server", "adminPassword")] as const;
  const sql = (user: Login | undefined, query: string) => druid.sql(user, query);

  it("starts every role from its rendered files, and reports its health without a login", async () => {
    await druid.start();
  });

  it("accepts the stack's users and no others; readers can only read", async () => {
    await druid.users();
    const trino = login("trino-druid");
    assert.equal((await sql(undefined, "SELECT 1")).code, 401);
    assert.equal((await sql([trino[0], "wrong"], "SELECT 1")).code, 401);
    for (const path of ["druid-ext/basic-security/authentication/db/basic/users", "druid/coordinator/v1/config"])
      assert.equal((await druid.ask(trino, `proxy/coordinator/${path}`)).code, 403, path);
    const task = { type: "kill", dataSource: "clicks", interval: "2026/2027" };
    assert.equal((await druid.ask(trino, "druid/indexer/v1/task", task)).code, 403);
    assert.equal(
      (await druid.ask(login("druid-login"), "druid/indexer/v1/task", { ...task, dataSource: "others" })).code,
      403,
    );
  });

  it("ingests files once with the rendered task, and answers queries through the router", async () => {
    const root = Client.root(ground);
    await root.put("bronze/clicks/one.json", `${CLICKS.slice(0, 2).join("\n")}\n`);
    await root.put("bronze/clicks/two.json", `${CLICKS.slice(2).join("\n")}\n`);
    await root.put("bronze/sales/all.json", `${SALES.join("\n")}\n`);
    assert.match(await druid.ingest(), /clicks-[0-9a-f]{12}-1: done[^]*sales-[0-9a-f]{12}-1: done/);
    const count = 'SELECT "user", count(*) AS n FROM clicks GROUP BY 1 ORDER BY 1';
    const wanted = '[{"user":"a","n":2},{"user":"b","n":1}]';
    await until("it is in answers", async () => (await sql(login("trino-druid"), count)).text === wanted);
    const tasks = async () =>
      (JSON.parse((await druid.ask(admin(), "druid/indexer/v1/tasks")).text) as unknown[]).length;
    const before = await tasks();
    await druid.ingest();
    assert.equal(await tasks(), before, "nothing was taken in again");
  });

  it("keeps a row for each country and day of records that are rolled up, and their exact totals", async () => {
    const asked = async (query: string) => JSON.parse((await sql(login("trino-druid"), query)).text) as unknown;
    const kept = "SELECT count(*) AS kept, count(DISTINCT __time) AS days FROM sales";
    await until("they are in answers", async () => Array.isArray(await asked(kept)));
    assert.deepEqual(await asked(kept), [{ kept: 60, days: 20 }]);
    const totals = 'SELECT country, sum("rows") AS n, sum(amount) AS total FROM sales GROUP BY 1 ORDER BY 1';
    assert.deepEqual(
      await asked(totals),
      ["de", "fr", "us"].map((country, at) => ({ country, n: 2000, total: 2000 * (at + 0.5) })),
    );
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
    const historical = druid.engines.get("historical") ?? assert.fail();
    await historical.kill();
    emptySegments(ground);
    await historical.restart();
    await until("its segments are loaded again", async () => (await count()).text === '[{"n":3}]');
    const coordinator = druid.engines.get("coordinator") ?? assert.fail();
    await coordinator.kill();
    assert.equal((await count()).text, '[{"n":3}]', "answers go on meanwhile");
    await coordinator.restart();
    await until(
      "it leads again",
      async () => (await druid.ask(admin(), "proxy/coordinator/druid/coordinator/v1/leader")).code === 200,
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
      ...[...druid.engines.values()].map(
        ({ pid, log }) => `${readFileSync(`/proc/${String(pid)}/cmdline`, "utf8")}${readFileSync(log, "utf8")}`,
      ),
    ].join("\n");
    assert.match(seen, /org\.apache\.druid\.cli\.Main/);
    for (const [name, key] of passwords) assert.ok(!seen.includes(secret(name, key)), `${name} ${key}`);
  });
});
