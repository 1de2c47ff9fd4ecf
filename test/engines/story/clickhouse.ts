import { writeFileSync } from "node:fs";

import { ClickhouseEngine } from "../../../sandbox/engines/clickhouse/clickhouse";
import type { Ground } from "../../../sandbox/engines/ground";
import type { KafkaClient, KafkaRecord } from "../../../sandbox/engines/kafka/client";
import { type Event, type Kind, KINDS } from "./seeds";

/** ClickHouse's engine with the rendered setup, whose tables of topics have been given the topics' records. */
export async function startClickhouse(ground: Ground, kafka: KafkaClient): Promise<ClickhouseEngine> {
  const hosts = ground.path("clickhouse-hosts");
  writeFileSync(hosts, "127.0.0.1 localhost\n");
  const engine = new ClickhouseEngine(ground, hosts);
  await engine.as("clickhouse");
  const files = ground.rendered.configMap("clickhouse-setup-sql");
  const mounts = { "/opt/lakehouse/sql": ground.write("clickhouse/sql", files) };
  await engine.script("Job", "clickhouse-setup", "setup", { mounts });
  await engine.as("admin");
  for (const kind of KINDS) await engine.sql(insert(kind, await kafka.consume(kind)));
  return engine;
}

/** As the reader of a topic does: columns of the records, and which record each is. */
function insert(kind: Kind, records: readonly KafkaRecord[]): string {
  const rows = records.map(({ partition, offset, value }) => {
    const { id, product, category, amount, happened_at } = JSON.parse(value ?? "{}") as Event;
    const time = happened_at.replace("Z", "");
    return `(${String(id)}, ${String(product)}, '${category}', ${String(amount)}, '${time}', '${kind}', ${String(partition)}, ${String(offset)}, '', '')`;
  });
  const columns = "id, product, category, amount, happened_at, _topic, _partition, _offset, _raw_message, _error";
  return `INSERT INTO shop.${kind}_topic (${columns}) VALUES ${rows.join(", ")}`;
}

/** Rows of an answer in TabSeparated whose last two columns are numbers. */
export const rowsOf = (text: string): unknown[][] =>
  text.split("\n").map((line) => {
    const [category = "", day = "", ...more] = line.split("\t");
    return [category, day, ...more.map(Number)];
  });
