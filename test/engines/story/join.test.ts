import { deepEqual, equal, match, rejects } from "node:assert/strict";

import { PATIENCE, until } from "../../../sandbox/core/until";
import { KafkaClient } from "../../../sandbox/engines/kafka/client";
import { Client } from "../../../sandbox/engines/minio/minio";
import { login, Sql } from "../../../sandbox/engines/postgres/postgres";
import type { QueryError } from "../../../sandbox/engines/trino/client";
import { CATEGORIES, CLICKS, PRODUCTS, SALES } from "./seeds";
import { stage } from "./stage";

/** Events of each product in every store, joined by product. */
const JOIN = `
  select p.category, count(*), sum(iceberg.n), sum(iceberg.cents), sum(druid.n), sum(kafka.n), sum(search.n), sum(delta.maker), sum(valkey.pieces), count(distinct mariadb.supplier)
  from postgres.public.products p
  join delta.shop.makers delta on delta.product = p.id
  join mariadb.crm.suppliers mariadb on mariadb.product = p.id
  join valkey.default.stock valkey on valkey.product = p.id
  join (select product, count(*) n, sum(amount) cents from lakehouse.story.sales group by 1) iceberg on iceberg.product = p.id
  join (select cast(product as bigint) product, count(*) n from druid.druid.clicks group by 1) druid on druid.product = p.id
  join (select product, count(*) n from kafka.topics.clicks group by 1) kafka on kafka.product = p.id
  join (select product, count(*) n from opensearch.default."shop-clicks" group by 1) search on search.product = p.id
  group by 1 order by 1`;

/** The same from the seeds. */
const joined = () =>
  CATEGORIES.map((category) => {
    const of = <T extends { readonly category: string }>(all: readonly T[]) =>
      all.filter((each) => each.category === category);
    const [products, sales, clicks] = [of(PRODUCTS), of(SALES), of(CLICKS).length];
    const cents = sales.reduce((sum, { amount }) => sum + amount, 0);
    const makers = products.reduce((sum, { id }) => sum + (id % 3), 0);
    const pieces = products.reduce((sum, { id }) => sum + 10 * id, 0);
    const suppliers = new Set(products.map(({ id }) => id % 7)).size;
    return [category, products.length, sales.length, cents, clicks, clicks, clicks, makers, pieces, suppliers];
  });

describe("a join of all stores by Trino", function () {
  this.timeout(PATIENCE);

  before("Druid tells the data sources to Trino once its broker has looked at their segments", async () => {
    const { sql } = stage();
    await until("Trino has Druid's tables", async () => (await sql.rows("show tables from druid.druid")).length === 2);
  });

  it("gives the seeded totals: Iceberg, Delta, PostgreSQL, MariaDB, Druid, Kafka, OpenSearch and Valkey in one statement", async () => {
    deepEqual(await stage().sql.rows(JOIN), joined());
  });

  it("has the same events of a category and a day from each store, whose connector is told of both", async () => {
    const from = (table: string, time: string) =>
      `select count(*) from ${table} where category = 'books' and ${time} >= timestamp '2026-03-05 00:00:00' and ${time} < timestamp '2026-03-06 00:00:00'`;
    const count = CLICKS.filter(
      (each) => each.category === "books" && each.happened_at.startsWith("2026-03-05"),
    ).length;
    for (const [table, time] of [
      ["lakehouse.story.clicks", "happened_at"],
      ["kafka.topics.clicks", "happened_at"],
      ["druid.druid.clicks", "__time"],
      ['opensearch.default."shop-clicks"', "happened_at"],
    ] as const)
      equal(await stage().sql.value(from(table, time)), count, table);
  });

  it("has rows of Valkey that are JSON, with their times", async () => {
    const rows = await stage().sql.rows("select page, at from valkey.default.visits");
    deepEqual(rows, [["/books", "2026-03-02 10:00:00.250"]]);
  });

  it("writes to no topic, event or document, and to no bucket that Trino only reads", async () => {
    const { sql } = stage();
    const refused = /PERMISSION_DENIED|NOT_SUPPORTED: This connector does not support/;
    for (const table of [
      "druid.druid.sales",
      'opensearch.default."shop-sales"',
      "kafka.topics.sales",
      "valkey.default.stock",
    ])
      for (const statement of [
        `insert into ${table} select * from ${table}`,
        `delete from ${table}`,
        `truncate table ${table}`,
        `drop table ${table}`,
      ])
        await rejects(sql.rows(statement), refused, statement);
    for (const statement of [
      "insert into mariadb.crm.suppliers values (41, 'none')",
      "create table mariadb.crm.mine (id bigint)",
      "drop table mariadb.crm.suppliers",
      "create schema mariadb.mine",
    ])
      await rejects(sql.rows(statement), /denied/i, statement);
    for (const catalog of ["druid.druid", "kafka.topics", "valkey.default"])
      await rejects(sql.rows(`create table ${catalog}.mine (id bigint)`), refused, catalog);
    await sql.rows("create schema lakehouse.elsewhere with (location = 's3://bronze/elsewhere')");
    await rejects(sql.rows("create table lakehouse.elsewhere.mine as select 1 as id"), (error: QueryError) => {
      match(error.causes.join("\n"), /Access Denied.*Status Code: 403/);
      return true;
    });
    deepEqual(await sql.rows(JOIN), joined());
  });

  it("reads no index, schema, database or table of others", async () => {
    const { database, search, sql } = stage();
    const note = { "@timestamp": 0, "text": "private" };
    const { status } = await search.requestAs("opensearch-access-user-loader", "POST", "/private-notes/_doc", note);
    equal(status, 201);
    await database.admin.run("analytics", "create schema private; create table private.notes as select 1 as id");
    await rejects(sql.rows('select * from opensearch.default."private-notes"'), /403 Forbidden/);
    deepEqual(
      await sql.rows("select table_name from opensearch.information_schema.tables where table_name like '%private%'"),
      [],
    );
    await rejects(sql.rows("select * from mariadb.payroll.salaries"), /denied|does not exist/);
    deepEqual(await sql.rows("show schemas from mariadb"), [["crm"], ["information_schema"]]);
    await rejects(sql.rows("select * from postgres.private.notes"), /permission denied|does not exist/);
    for (const statement of [
      "select * from table(postgres.system.query(query => 'select 1'))",
      "select * from table(druid.system.query(query => 'select 1'))",
      "select * from table(opensearch.system.raw_query(schema => 'default', index => 'shop-sales', query => '{}'))",
    ])
      await rejects(sql.rows(statement), /PERMISSION_DENIED/, statement);
  });

  it("signs in to each store as a user who may do no more, whoever has that user's password", async () => {
    const { ground, druid, postgres, search, valkey } = stage();
    const denied = /Access Denied|Insufficient permissions/i;
    const kafka = KafkaClient.service(ground, "trino");
    await rejects(kafka.produce("sales", [{ value: "{}" }]), /(Topic|Cluster)AuthorizationException/);
    const task = { type: "kill", dataSource: "sales", interval: "2026/2027" };
    equal((await druid.ask(druid.login("trino-druid"), "druid/indexer/v1/task", task)).code, 403);
    const write = await search.requestAs("trino-opensearch", "POST", "/shop-sales/_doc", { "@timestamp": 0 });
    equal(write.status, 403);
    for (const words of [
      ["set", "query-api:stock:1", "none"],
      ["del", "query-api:stock"],
      ["get", "trino:mine"],
      ["scan", "0"],
      ["keys", "*"],
    ])
      match(await valkey.query("trino-valkey", 0, ...words), /NOPERM/, words.join(" "));
    const sql = new Sql(ground, postgres.bin, login(ground, "trino"));
    await rejects(sql.run("metastore", "select 1"), /permission denied for database/);
    await rejects(sql.run("analytics", "select * from private.notes"), /permission denied/);
    const objects = Client.of(ground, "trino");
    await rejects(objects.put("bronze/sales/part-2.json", "{}"), denied);
    await rejects(objects.list("services/druid/"), denied);
  });
});
