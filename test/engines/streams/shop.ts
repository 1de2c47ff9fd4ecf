import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { KafkaRecord } from "../../../sandbox/engines/kafka/client";
import { until } from "../../../sandbox/core/until";
import { Sql } from "../../../sandbox/engines/postgres/postgres";
import { stage } from "./stage";

/** The database whose changes are captured, the topic of the changes, and the merged table. */

export const TOPIC = "shop.public.orders";
export const CONNECTOR = "source-shop";
const MERGE = join(__dirname, "..", "..", "..", "pipelines", "sql", "merge_changes.sql");

/** One change from Debezium. */
export interface Change {
  readonly id: number;
  readonly op: string;
  /** Log sequence number, which is the same when a change is sent twice. */
  readonly lsn: number;
  /** Null for a deleted row, of which only the key is sent. */
  readonly amount: string | null;
}

interface Row {
  readonly id: number;
  readonly amount: string | null;
}

interface Envelope {
  readonly before: Row | null;
  readonly after: Row | null;
  readonly op: string;
  readonly source: { readonly lsn: number };
}

/** The login of the shop's service, which owns the database. */
export function shop(): Sql {
  const { ground, postgres } = stage();
  const [owner] = ground.rendered
    .resources<{ name: string; password: string }>("postgresql", "role")
    .filter(({ name }) => name === "shop_owner");
  return new Sql(ground, postgres.bin, { user: owner!.name, password: owner!.password });
}

/** Changes in records, without tombstones: a record without a value marks a deleted key for compaction. */
export function changes(records: readonly KafkaRecord[]): Change[] {
  return records.flatMap(({ value }) => {
    if (value === null) return [];
    const { after, before, op, source } = JSON.parse(value) as Envelope;
    const row = after ?? before;
    return row === null ? [] : [{ id: row.id, op, lsn: source.lsn, amount: row.amount }];
  });
}

/** Changes without duplicates. */
export const once = (all: readonly Change[]): Change[] => [
  ...new Map(all.map((change) => [`${change.lsn} ${change.id} ${change.op}`, change])).values(),
];

/** Reads the topic until it has enough changes, and returns them. */
export async function followed(enough: (all: readonly Change[]) => boolean): Promise<Change[]> {
  const { connect, kafka } = stage();
  let all: Change[] = [];
  const come = async () => {
    all = changes(await kafka.admin.consume(TOPIC).catch(() => []));
    return enough(all);
  };
  const explain = async () =>
    `${all.length} changes, ${once(all).length} of them different; the connector is ${JSON.stringify(await connect.status(CONNECTOR))}`;
  await until("the topic has the changes", come, { every: 500, explain });
  return all;
}

/** Statements of a file, without comments. */
function statements(file: string): string[] {
  const text = readFileSync(file, "utf8").replaceAll(/^\s*--.*$/gm, "");
  return text
    .split(";")
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}

/** Runs the pipeline that merges the changes into the Iceberg table. */
export async function merge(): Promise<void> {
  for (const statement of statements(MERGE)) await stage().sql.rows(statement);
}

/** Rows of the Iceberg table. */
export const merged = () =>
  stage().sql.rows("select id, cast(amount as varchar) from lakehouse.shop.orders order by id");

/** Rows of the database's table, in the same form. */
export async function wanted(): Promise<[number, string | null][]> {
  const rows = await shop().run("shop", "select id || '|' || coalesce(amount::text, 'none') from orders order by id");
  return rows
    .split("\n")
    .filter((row) => row !== "")
    .map((row) => row.split("|") as [string, string])
    .map(([id, amount]) => [Number(id), amount === "none" ? null : amount]);
}
