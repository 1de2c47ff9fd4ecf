import type { ClickhouseSettings } from "./settings";
import { CLUSTER, NAME } from "./pods";

/** Statements that create databases and tables, idempotent. Pure. */

export interface SqlFacts {
  /** Bootstrap servers of Kafka; undefined where no topic is read. */
  readonly bootstrap: string | undefined;
}

/** The catalog of Iceberg tables. */
export interface Lake {
  readonly restUrl: string;
  readonly warehouse: string;
  readonly s3Url: string;
}

const text = (value: string): string => `'${value.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
const name = (value: string): string => `\`${value}\``;

/** Consumer group of a stream, within the prefix that the grant on topics allows. */
export const consumerGroup = ({ database, table }: Pick<Stream, "database" | "table">): string =>
  `${NAME}-${database}-${table}`;
type Stream = ClickhouseSettings["streams"][number];

/**
 * Replicated databases: every server runs a statement that creates a table, and a new server creates all tables. Rows are per shard.
 */
export function statements(settings: ClickhouseSettings, { bootstrap }: SqlFacts): readonly string[] {
  return [
    ...settings.databases.map(
      (each) =>
        `CREATE DATABASE IF NOT EXISTS ${name(each.name)} ON CLUSTER '${CLUSTER}' ENGINE = Replicated(${text(`/clickhouse/databases/${each.name}`)}, '{shard}', '{replica}')`,
    ),
    ...(bootstrap === undefined ? [] : settings.streams.flatMap((each) => streamTables(each, bootstrap))),
  ];
}

/**
 * Statements that make the database of Iceberg tables: what stands before, between and after the two keys of their files. The server
 * takes keys from this statement only, and keeps them with the database: so the database, which has no rows of its own, is made anew.
 */
export const lakeDatabase = ({ restUrl, warehouse, s3Url }: Lake): readonly [string, string, string] => [
  `DROP DATABASE IF EXISTS lakehouse ON CLUSTER '${CLUSTER}';\nCREATE DATABASE lakehouse ON CLUSTER '${CLUSTER}' ENGINE = DataLakeCatalog(${text(restUrl)}, '`,
  "', '",
  `') SETTINGS catalog_type = 'rest', warehouse = ${text(warehouse)}, storage_endpoint = ${text(s3Url)};\n`,
];

/**
 * Tables and views of a stream: the consumer, the table of rows, and a table of invalid records with the error, so that they block no
 * other record.
 */
function streamTables({ topic, database, table, columns, orderBy }: Stream, bootstrap: string): readonly string[] {
  const of = (suffix: string) => `${name(database)}.${name(`${table}${suffix}`)}`;
  const typed = Object.entries(columns).map(([column, type]) => `${name(column)} ${type}`);
  const named = Object.keys(columns).map(name).join(", ");
  const settings = {
    kafka_broker_list: bootstrap,
    kafka_topic_list: topic,
    kafka_group_name: consumerGroup({ database, table }),
    kafka_format: "JSONEachRow",
    kafka_handle_error_mode: "stream",
  };
  const written = Object.entries(settings).map(([key, value]) => `${key} = ${text(value)}`);
  return [
    `CREATE TABLE IF NOT EXISTS ${of("_topic")} (${typed.join(", ")}) ENGINE = Kafka SETTINGS ${written.join(", ")}`,
    `CREATE TABLE IF NOT EXISTS ${of("")} (${typed.join(", ")}) ENGINE = ReplicatedMergeTree ORDER BY (${orderBy.map(name).join(", ")})`,
    `CREATE TABLE IF NOT EXISTS ${of("_errors")} (\`at\` DateTime, \`topic\` String, \`partition\` Int64, \`offset\` Int64, \`record\` String, \`error\` String) ENGINE = ReplicatedMergeTree ORDER BY (\`at\`) TTL \`at\` + INTERVAL 30 DAY`,
    `CREATE MATERIALIZED VIEW IF NOT EXISTS ${of("_rows")} TO ${of("")} AS SELECT ${named} FROM ${of("_topic")} WHERE length(_error) = 0`,
    `CREATE MATERIALIZED VIEW IF NOT EXISTS ${of("_failed")} TO ${of("_errors")} AS SELECT now() AS \`at\`, _topic AS \`topic\`, toInt64(_partition) AS \`partition\`, toInt64(_offset) AS \`offset\`, _raw_message AS \`record\`, _error AS \`error\` FROM ${of("_topic")} WHERE length(_error) > 0`,
  ];
}

/** The file of statements. Its first line has the number of servers, so that a change of it runs the task again. */
export const sqlFile = (all: readonly string[], servers: number): string =>
  [`-- ${String(servers)} servers`, ...all.map((each) => `${each};`), ""].join("\n");
