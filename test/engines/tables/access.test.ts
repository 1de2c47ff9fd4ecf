import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";

import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { PATIENCE, until } from "../../../sandbox/core/until";
import type { Rendered } from "../../../sandbox/engines/rendered";
import type { TrinoClient } from "../../../sandbox/engines/trino/client";
import { SignedIn } from "../../../sandbox/engines/trino/signed-in";

import { ONE } from "../../support/ca";
import { ACTIONS, GROUPS, LAST, type Name, NAMES, PEOPLE, TABLES } from "./access-matrix";
import { stage } from "./stage";

const ORDERS = "(1, 'EU', 'a@example.org', 10), (2, 'US', 'b@example.org', 20), (3, 'EU', 'c@example.org', 30)";
/** The last is a table procedure's, which runs for nobody. */
const DENIED = /PERMISSION_DENIED: Access Denied|QUERY_QUEUE_FULL: Too many queued queries for "table-procedures"/;

/** A Trino that asks who one is, on the same catalog and stores as the stack's own. */
describe("rights of people and programs in Trino", function () {
  this.timeout(PATIENCE);
  let trino: SignedIn;
  const as = (name: Name): TrinoClient => trino.as(trino.person(name));
  const rows = (name: Name, sql: string) => as(name).rows(sql, { user: name });
  const refused = async (name: Name, sql: string, by = DENIED) => {
    const told = await rows(name, sql).then(
      () => "done",
      (error: unknown) => String(error),
    );
    match(told, by, `${name}: ${sql}: ${told}`);
  };

  const access = (over: object = {}): Promise<Rendered> => {
    const { values } = readStackFile(PROJECT_FOLDER, "dev");
    const cluster = JSON.parse(values["lakehouse:cluster"] ?? "{}") as object;
    return stage().ground.rendered.having({
      "lakehouse:cluster": JSON.stringify({ ...cluster, certManager: true, issuer: "lab", caBundle: ONE }),
      "lakehouse:access": JSON.stringify({ signIn: "password", people: PEOPLE, groups: GROUPS, ...over }),
    });
  };

  before(async () => {
    const { ground, sql } = stage();
    for (const layer of ["bronze", "silver", "gold"])
      await sql.rows(`create schema lakehouse.acl_${layer} with (location = 's3://warehouse/acl_${layer}')`);
    await sql.rows("create table lakehouse.acl_gold.orders (id int, region varchar, email varchar, price int)");
    await sql.rows(`insert into lakehouse.acl_gold.orders values ${ORDERS}`);
    await sql.rows("create table lakehouse.acl_gold.products as select 1 as id");
    await sql.rows("create table lakehouse.acl_bronze.events as select 1 as id");
    await sql.rows("create table lakehouse.acl_silver.events as select 1 as id");
    await sql.rows("create schema postgres.acl");
    await sql.rows("create table postgres.acl.customers as select 1 as id");
    const own = await ground.with(await access(), "trino", "trinoSecure", "trinoWorker");
    trino = await SignedIn.start(own);
  });
  after(() => trino.stop());

  it("are none without a password, by a wrong one, by another's, or in another's name", async () => {
    const { password } = trino.person("ada");
    const statement = "select 1";
    await rejects(trino.as(undefined).rows(statement), /Trino answers 401/);
    await rejects(trino.as({ user: "ada", password: "wrong" }).rows(statement, { user: "ada" }), /Trino answers 401/);
    await rejects(trino.as({ user: "linus", password }).rows(statement, { user: "linus" }), /Trino answers 401/);
    await rejects(as("ada").rows(statement, { user: "linus" }), /Trino answers 403|PERMISSION_DENIED/);
    equal(await as("ada").value(statement, { user: "ada" }), 1);
  });

  it("are none by plain HTTP, on any path but what tells that it lives", async () => {
    const plain = (path: string, init?: RequestInit) =>
      fetch(`http://${trino.ground.at("trino")}${path}`, { redirect: "manual", ...init });
    const { user, password } = trino.person("ada");
    const signed = {
      "X-Trino-User": user,
      "Authorization": `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
    };
    for (const headers of [{}, { "X-Trino-User": "ada" }, signed] as Record<string, string>[]) {
      const asked = await plain("/v1/statement", { method: "POST", body: "select 1", headers });
      ok([401, 403].includes(asked.status), `POST /v1/statement answers ${String(asked.status)}`);
      for (const path of ["/v1/query", "/v1/node", "/metrics", "/ui/api/cluster", "/ui/api/query", "/v1/jmx/mbean"]) {
        const { status } = await plain(path, { headers });
        ok(status >= 300 && status < 500, `${path} answers ${String(status)}`);
      }
    }
    equal((await plain("/v1/info")).status, 200);
  });

  for (const [table, allowed] of Object.entries(TABLES))
    it(`of ${table} are those of the groups, for each person and action`, async () => {
      for (const name of NAMES)
        for (const [action, sql] of Object.entries(ACTIONS)) {
          const may =
            action !== "optimize" && (allowed[name] === "write" || (allowed[name] === "read" && action === "select"));
          if (may && LAST.includes(action)) continue;
          if (may) await rows(name, sql(table));
          else await refused(name, sql(table));
        }
    });

  it("bound rows and values, also within joins, views' sources, statistics and a table's own metadata", async () => {
    const orders = "select id, email from lakehouse.acl_gold.orders order by id";
    deepEqual(await rows("ada", orders), [
      [1, "hidden"],
      [3, "hidden"],
    ]);
    // What one of her groups reads is read: rows of both, and values that one of them does not mask.
    deepEqual(await rows("grace", orders), [
      [1, "a@example.org"],
      [2, "b@example.org"],
      [3, "c@example.org"],
    ]);
    equal((await rows("linus", orders)).length, 3);
    deepEqual(await rows("ada", "select count(*) from lakehouse.acl_gold.orders where email like '%@%'"), [[0]]);
    deepEqual(await rows("ada", "select max(price), count(*) from lakehouse.acl_gold.orders"), [[30, 2]]);
    deepEqual(
      await rows(
        "ada",
        "select count(*) from lakehouse.acl_gold.products p join lakehouse.acl_gold.orders o on o.id >= p.id",
      ),
      [[2]],
    );
    for (const part of [
      "files",
      "partitions",
      "snapshots",
      "history",
      "manifests",
      "refs",
      "properties",
      "entries",
      "all_entries",
      "metadata_log_entries",
    ])
      await refused("ada", `select * from lakehouse.acl_gold."orders$${part}"`);
    await refused("ada", "select * from table(lakehouse.system.table_changes('acl_gold', 'orders', 1, 2))");
    const shown = JSON.stringify(await rows("ada", "show stats for lakehouse.acl_gold.orders"));
    ok(!shown.includes("20"), `statistics tell of a row that is not read: ${shown}`);
    // The catalog for Delta has the same schemas, and tells at the most that a table is none of its own.
    await refused(
      "nadia",
      "select * from delta.acl_gold.orders",
      /Access Denied|SCHEMA_NOT_FOUND|UNSUPPORTED_TABLE_TYPE/,
    );
    for (const wrapped of ["explain analyze", "execute immediate"])
      for (const name of NAMES) {
        const call = "alter table lakehouse.acl_gold.products execute expire_snapshots";
        await refused(name, wrapped === "execute immediate" ? `${wrapped} '${call}'` : `${wrapped} ${call}`);
      }
  });

  it("end at what others have: schemas, catalogs, queries, functions of another database", async () => {
    deepEqual(await rows("ada", "show catalogs"), [["delta"], ["lakehouse"], ["system"]]);
    deepEqual(await rows("nadia", "show catalogs"), [["system"]]);
    deepEqual(
      (await rows("ada", "show schemas from lakehouse")).flat().filter((name) => String(name).startsWith("acl_")),
      ["acl_gold"],
    );
    await refused("ada", "create schema lakehouse.mine");
    await refused("ada", "drop schema lakehouse.acl_gold cascade");
    await refused("linus", "drop schema lakehouse.acl_bronze cascade");
    await refused("jim", "select * from table(postgres.system.query(query => 'select 1'))");
    await refused("linus", "call lakehouse.system.register_table('acl_bronze', 'x', 's3://warehouse/acl_gold/orders')");
    await refused("ada", "call lakehouse.system.unregister_table('acl_gold', 'orders')");
    const id = await new Promise<string>((resolve, reject) => {
      as("linus")
        .rows("select count(*) from lakehouse.acl_gold.orders", { user: "linus", accepted: resolve })
        .catch(reject);
    });
    await refused("ada", `call system.runtime.kill_query('${id}', 'mine')`);
    deepEqual(await rows("ada", `select query from system.runtime.queries where query_id = '${id}'`), []);
    await refused("ada", "set session authorization linus", /Access Denied|cannot impersonate/i);
    await refused("ada", "grant select on lakehouse.acl_gold.orders to user nadia");
  });

  it("of who reads metrics are these alone, and nobody else reads them", async () => {
    const scraper = trino.program("trino-scraper");
    const metrics = (login?: { user: string; password: string }) => trino.ask(`${trino.origin}/metrics`, {}, login);
    const answer = await metrics(scraper);
    equal(answer.status, 200);
    match(await answer.text(), /trino_execution_name_QueryManager_CompletedQueries/);
    equal((await metrics()).status, 401);
    equal((await metrics(trino.person("linus"))).status, 403);
    await rejects(
      trino.as(scraper).rows("select count(*) from lakehouse.acl_gold.orders", { user: scraper.user }),
      DENIED,
    );
    const stop = { method: "PUT", body: '"SHUTTING_DOWN"', headers: { "Content-Type": "application/json" } };
    for (const login of [undefined, scraper, trino.person("linus")])
      ok([401, 403].includes((await trino.ask(`${trino.origin}/v1/info/state`, stop, login)).status));
  });

  it("change with their Secret while queries run: a person comes, another has a new password, a third has gone", async () => {
    const before = trino.person("ada");
    const { grace: gone, ...others } = PEOPLE;
    ok(gone);
    const people = { ...others, ada: { groups: ["engineers"], password: 2 }, zoe: { groups: ["analysts"] } };
    const changed = await trino.ground.with(await access({ people }));
    await trino.mount(changed);
    const zoe = trino.as(trino.person("zoe", changed));
    await until(
      "the new person reads",
      async () =>
        (await zoe.rows("select id from lakehouse.acl_gold.orders", { user: "zoe" }).catch(() => [])).length === 2,
    );
    const ada = trino.as(trino.person("ada", changed));
    await until(
      "the rights are the new ones",
      async () =>
        (await ada.rows("select id from lakehouse.acl_gold.orders", { user: "ada" }).catch(() => [])).length === 3,
    );
    await rejects(trino.as(before).rows("select 1", { user: "ada" }), /Trino answers 401/);
    await rejects(as("grace").rows("select 1", { user: "grace" }), /Trino answers 401/);
    await trino.mount(trino.ground);
  });
});
