import { equal, rejects } from "node:assert/strict";

import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { Run } from "../../../sandbox/core/run";
import { PATIENCE } from "../../../sandbox/core/until";
import { Ground } from "../../../sandbox/engines/ground";
import { obtain } from "../../../sandbox/engines/obtain";
import { login, type Postgres, Sql, startPostgres, superuser } from "../../../sandbox/engines/postgres/postgres";
import { statements } from "../../../sandbox/engines/postgres/resources";
import { Rendered } from "../../../sandbox/engines/rendered";

const HASURA = {
  enabled: true,
  limits: { seconds: 1 },
  sources: [
    {
      name: "shop",
      database: "shop",
      tables: [
        {
          name: "orders",
          sequences: ["orders_id_seq"],
          roles: {
            customer: {
              select: { columns: ["id"], rows: { customer_id: { _eq: "X-Hasura-User-Id" } } },
              insert: { columns: ["total"], check: {} },
              update: { columns: ["note"], rows: {} },
            },
          },
        },
        { schema: "catalogue", name: "products" },
      ],
    },
  ],
};

/** What its owner has made before the sources are named. */
const TABLES = `
  create table orders (id serial primary key, customer_id int, total numeric, note text);
  insert into orders (customer_id, total) values (7, 10), (8, 20);
  create table wages (id int);
  create schema catalogue;
  create table catalogue.products (name text);
  create table catalogue.prices (price numeric);`;

/** Of a row rule on a table, as Hasura's generator writes it: every column, and the choice around it. */
const READ = `select coalesce(json_agg("root"), '[]') from (select row_to_json((select "_e" from (select "_root.base"."id" as "id") as "_e")) as "root"
  from (select * from "public"."orders" where (("public"."orders"."customer_id") = (('7')::integer))) as "_root.base" limit 50) as "_root"`;
const INSERT = `with "orders__mutation_result_alias" as (insert into "public"."orders" ("id", "customer_id", "total", "note")
  values (default, '7', '30', default) returning *, (('true')::boolean) as "check__constraint")
  select count(*) from "orders__mutation_result_alias"`;
const UPDATE = `with "orders__mutation_result_alias" as (update "public"."orders" set "note" = 'gift'
  where (("public"."orders"."customer_id") = (('7')::integer)) returning *) select count(*) from "orders__mutation_result_alias"`;

describe("Hasura's users in PostgreSQL", function () {
  this.timeout(PATIENCE);
  let run: Run | undefined;
  let ground: Ground;
  let database: Postgres;

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    const tools = await obtain(() => undefined, ["python"]);
    const config = readStackFile(PROJECT_FOLDER, "dev");
    const query = JSON.parse(config.values["lakehouse:query"] ?? "{}") as object;
    const values = {
      ...config.values,
      "lakehouse:query": JSON.stringify({ ...query, hasura: HASURA }),
      "lakehouse:credentials": JSON.stringify({ hasura: { generation: 2, keepPrevious: true } }),
    };
    const rendered = await Rendered.of("dev", undefined, { ...config, values });
    run = Run.start("hasura");
    ground = await Ground.of(run, rendered, tools);
    database = await startPostgres(ground);
    const sql = new Sql(ground, database.bin, superuser(ground));
    const all = statements(ground);
    const onTables = ({ sql: text }: (typeof all)[number]) => /on (?:table|sequence|schema) "(?!public";)/.test(text);
    for (const { database: where, sql: text } of all.filter((each) => !onTables(each))) await sql.run(where, text);
    await sql.run(
      "shop",
      `set role shop_owner; ${TABLES.replace("create schema catalogue", "reset role; create schema catalogue authorization shop_owner; set role shop_owner")}`,
    );
    for (const { database: where, sql: text } of all.filter(onTables)) await sql.run(where, text);
  });
  after(async () => {
    await run?.end();
  });

  /** Statements of the source's user, of the first generation or the next. */
  const ask = (sql: string, generation = "") =>
    new Sql(ground, database.bin, login(ground, "hasura", `-shop${generation}`)).run("shop", sql);
  const denied = (sql: string) => rejects(ask(sql), /permission denied/, sql);

  it("reads whole tables that it serves, and no others", async () => {
    equal(await ask(READ), '[{"id":1}]');
    equal(await ask("select count(*) from catalogue.products"), "0");
    for (const table of ["wages", "catalogue.prices"]) await denied(`select * from ${table}`);
    await rejects(
      new Sql(ground, database.bin, login(ground, "hasura", "-shop")).run("metastore", "select 1"),
      /permission denied for database/,
    );
  });

  it("inserts rows whose defaults draw from a sequence, and changes the columns that a role changes", async () => {
    equal(await ask(INSERT), "1");
    equal(await ask(UPDATE), "2");
    equal(await ask("select note from orders where id = 3"), "gift");
  });

  it("may do nothing that no role may, and makes nothing", async () => {
    for (const sql of [
      "update orders set total = 0",
      "delete from orders",
      "truncate orders",
      "insert into catalogue.products values ('x')",
      "create table own (id int)",
      "create schema hdb_catalog",
      "set role hasura",
    ])
      await denied(sql);
  });

  it("is bound in time and in connections", async () => {
    await rejects(ask("select pg_sleep(3)"), /statement timeout/);
    const sql = new Sql(ground, database.bin, superuser(ground));
    equal(
      await sql.run(
        "shop",
        "select rolname, rolconnlimit from pg_roles where rolname ~ '^hasura_shop(_2)?$' order by 1",
      ),
      "hasura_shop|51\nhasura_shop_2|51",
    );
  });

  it("may do the same in its next generation, while the former may too", async () => {
    equal(await ask("select session_user, current_user", "-2"), "hasura_shop_2|hasura_shop");
    equal(await ask(INSERT, "-2"), "1");
    equal(await ask(UPDATE, "-2"), "3");
    await rejects(ask("update orders set total = 0", "-2"), /permission denied/);
    await rejects(ask("select pg_sleep(3)", "-2"), /statement timeout/);
  });

  it("makes its metadata's schema in its own database", async () => {
    const own = new Sql(ground, database.bin, login(ground, "hasura", "-2"));
    await own.run("hasura", "create schema hdb_catalog; create table hdb_catalog.hdb_metadata (id int)");
    equal(
      await own.run("hasura", "select nspowner::regrole from pg_namespace where nspname = 'hdb_catalog'"),
      "hasura",
    );
  });
});
