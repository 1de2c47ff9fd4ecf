import { equal } from "node:assert/strict";

import { until } from "../../../sandbox/core/until";
import type { DruidCluster } from "../../../sandbox/engines/druid/cluster";
import type { Ground } from "../../../sandbox/engines/ground";
import type { Kafka } from "../../../sandbox/engines/kafka/kafka";
import { Client } from "../../../sandbox/engines/minio/minio";
import type { Cluster } from "../../../sandbox/engines/opensearch/cluster";
import type { TrinoClient } from "../../../sandbox/engines/trino/client";
import type { ValkeyServers } from "../../../sandbox/engines/valkey/servers";
import { type Event, EVENTS, KINDS, PRODUCTS } from "./seeds";

/** Suppliers of products in MariaDB, and a database that SQL engines may not read. */
export const CRM: readonly string[] = [
  "create table crm.suppliers (product bigint primary key, supplier varchar(40))",
  `insert into crm.suppliers values ${PRODUCTS.map(({ id }) => `(${String(id)}, 'supplier ${String(id % 7)}')`).join(", ")}`,
  "create table payroll.salaries (id int)",
];

export interface Stores {
  readonly ground: Ground;
  readonly kafka: Kafka;
  readonly search: Cluster;
  readonly druid: DruidCluster;
  readonly sql: TrinoClient;
  readonly valkey: ValkeyServers;
}

/** Druid's answer to SQL of Trino's user. */
export async function askDruid<Row>(druid: DruidCluster, query: string): Promise<Row[]> {
  const { code, text } = await druid.sql(druid.login("trino-druid"), query, { resultFormat: "array" });
  equal(code, 200, text);
  return JSON.parse(text) as Row[];
}

/** Sends all events to Kafka, and from its topics to every other store. */
export async function load(stores: Stores): Promise<void> {
  const { ground, kafka, search, druid, sql, valkey } = stores;
  for (const kind of KINDS) {
    const sent = EVENTS[kind].map((event) => ({ key: String(event.id), value: JSON.stringify(event) }));
    equal(await kafka.admin.produce(kind, sent), sent.length);
    const records = (await kafka.admin.consume(kind)).map(({ value }) => value ?? "");
    await Client.root(ground).put(`bronze/${kind}/part-1.json`, `${records.join("\n")}\n`);
    await index(search, kind, records);
  }
  await intoValkey(valkey);
  await intoDruid(druid);
  await intoTables(sql);
}

/** Adds documents to the data stream `shop-<kind>`. */
async function index(search: Cluster, kind: string, records: readonly string[]): Promise<void> {
  const documents = records.map((record) => {
    const event = JSON.parse(record) as Event;
    return `{"create":{}}\n${JSON.stringify({ ...event, "@timestamp": event.happened_at })}\n`;
  });
  const path = `/shop-${kind}/_bulk?refresh=true`;
  const { body } = await search.requestAs("opensearch-access-user-loader", "POST", path, documents.join(""));
  equal((JSON.parse(body) as { errors: boolean }).errors, false, body.slice(0, 1000));
}

/** A hash for each product, and their keys in a sorted set, as the client whose keys they are. */
async function intoValkey(valkey: ValkeyServers): Promise<void> {
  const write = (...words: readonly string[]) => valkey.query("query-api-valkey", 0, ...words);
  await Promise.all(
    PRODUCTS.map(async ({ id }) => {
      const [key, product] = [`query-api:stock:${String(id)}`, String(id)];
      equal(await write("hset", key, "product", product, "pieces", String(id * 10)), "2");
      equal(await write("zadd", "query-api:stock", product, key), "1");
    }),
  );
  await write("set", "query-api:visit:1", JSON.stringify({ page: "/books", at: "2026-03-02T10:00:00.250Z" }));
  await write("zadd", "query-api:visits", "1", "query-api:visit:1");
}

/** Runs the rendered task on the files, and waits until Druid answers with all events. */
async function intoDruid(druid: DruidCluster): Promise<void> {
  await druid.ingest();
  for (const kind of KINDS)
    await until(`Druid answers with all ${kind}`, async () => {
      const [[count] = []] = await askDruid<[number]>(druid, `SELECT count(*) FROM ${kind}`).catch(() => []);
      return count === EVENTS[kind].length;
    });
}

/** Fills Iceberg from the topics, and small tables beside it: products in PostgreSQL, their makers in Delta. */
async function intoTables(sql: TrinoClient): Promise<void> {
  for (const statement of [
    "create schema lakehouse.story with (location = 's3://warehouse/story')",
    ...KINDS.map(
      (kind) =>
        `create table lakehouse.story.${kind} as select id, product, category, amount, happened_at from kafka.topics.${kind}`,
    ),
    "create table postgres.public.products (id bigint, name varchar, category varchar)",
    `insert into postgres.public.products values ${PRODUCTS.map(({ id, name, category }) => `(${String(id)}, '${name}', '${category}')`).join(", ")}`,
    "create schema delta.shop with (location = 's3://warehouse/shop')",
    `create table delta.shop.makers as select id as product, id % 3 as maker from postgres.public.products`,
  ])
    await sql.rows(statement);
}
