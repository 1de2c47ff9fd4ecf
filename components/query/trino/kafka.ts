import type { KnownTopics, TopicAccess } from "../../core/capabilities";
import { json, properties } from "../../core/render";
import { changedTable, tableName } from "../../core/topics";
import { type Field, fields } from "./fields";
import type { TrinoSettings } from "./settings";

/** Topics as tables of Trino, as pure functions of known topics and settings. */

type KafkaSettings = TrinoSettings["kafka"];

/** Directory in every pod of the client's properties and of a description of each table. */
export const KAFKA_DIRECTORY = "/etc/trino/kafka";
const CLIENT_FILE = "client.properties";
/** Schema of topics that are not changes of a database. */
const SCHEMA = "topics";

export interface TopicTable {
  readonly schema: string;
  readonly table: string;
  readonly topic: string;
  /** Without fields the table has only the record's text, partition and offset. */
  readonly fields: readonly Field[];
}

/** Columns of all Debezium records. Rows are JSON texts, because the columns of a database may change. */
const CHANGE: readonly Field[] = [
  { name: "op", mapping: "op", type: "varchar", comment: "c inserted, u changed, d deleted, r was there at the start" },
  { name: "before", mapping: "before", type: "varchar", comment: "JSON; of a deleted row its key only" },
  { name: "after", mapping: "after", type: "varchar", comment: "JSON; null when the row is deleted" },
  { name: "lsn", mapping: "source/lsn", type: "bigint", comment: "place in the database's log: the later, the larger" },
  { name: "ts_ms", mapping: "source/ts_ms", type: "bigint", comment: "when it was changed, in ms since 1970" },
];

/** Tables of the topics that the stack creates and of those that the settings name, sorted. */
export function topicTables(known: KnownTopics, settings: KafkaSettings): TopicTable[] {
  const columns = new Map(settings.topics.map((each) => [each.topic, each.columns]));
  return [...new Set([...known.topics, ...columns.keys()])].sort().map((topic) => {
    const changed = changedTable(topic, known.databases);
    if (changed !== undefined)
      return { schema: changed.database, table: tableName(changed.table), topic, fields: CHANGE };
    return { schema: SCHEMA, table: tableName(topic), topic, fields: fields(columns.get(topic) ?? {}) };
  });
}

export function kafkaCatalog(access: TopicAccess, tables: readonly TopicTable[]): string {
  return properties({
    "connector.name": "kafka",
    "kafka.nodes": access.bootstrap,
    // Trino has no properties for passwords; the client's properties are in a file of their own.
    "kafka.config.resources": `${KAFKA_DIRECTORY}/${CLIENT_FILE}`,
    "kafka.table-description-dir": KAFKA_DIRECTORY,
    "kafka.table-names": tables.map(({ schema, table }) => `${schema}.${table}`).join(","),
    "kafka.default-schema": SCHEMA,
    // Queries need partition, offset and the record's text.
    "kafka.hide-internal-columns": false,
  });
}

const KAFKA = "org.apache.kafka.common";

/**
 * The files of the directory: the client's properties, and one for each table. Kafka's client reads user and password from the
 * environment.
 */
export function kafkaFiles(access: TopicAccess, tables: readonly TopicTable[]): Record<string, string> {
  const client = properties({
    "security.protocol": access.securityProtocol,
    "sasl.mechanism": access.mechanism,
    "config.providers": "env",
    "config.providers.env.class": `${KAFKA}.config.provider.EnvVarConfigProvider`,
    "sasl.jaas.config": `${KAFKA}.security.scram.ScramLoginModule required username="\${env:TRINO_KAFKA_USER}" password="\${env:TRINO_KAFKA_PASSWORD}";`,
    // Records of aborted transactions are not read.
    "isolation.level": "read_committed",
  });
  const descriptions = tables.map(
    (table) => [`${table.schema}.${table.table}.json`, json(description(table))] as const,
  );
  return { [CLIENT_FILE]: client, ...Object.fromEntries(descriptions) };
}

/** A record that is not JSON has nulls in its columns, and `_message_corrupt` is true. */
function description({ schema, table, topic, fields }: TopicTable): object {
  const message = fields.length === 0 ? {} : { message: { dataFormat: "json", fields } };
  return { schemaName: schema, tableName: table, topicName: topic, ...message };
}
