import { changedTable, tableName } from "../../core/topics";
import type { Rule } from "../rule";

/** Topics that SQL reads: each topic is one table, and each table one topic. */
export const topicTables: Rule = function* ({ query: { trino }, streaming: { kafka, connect } }) {
  const path = "lakehouse:query.trino.kafka.topics";
  const { topics } = trino.kafka;
  if (topics.length > 0 && !kafka.enabled)
    yield { path, message: "given while lakehouse:streaming.kafka.enabled is false; allowed: Kafka on, or no topics" };
  const databases = connect.sources.map(({ database }) => database);
  const listed = new Set<string>();
  const tables = new Map(kafka.topics.map(({ name }) => [tableName(name), name]));
  for (const [index, { topic, columns }] of topics.entries()) {
    const at = `${path}[${String(index)}]`;
    const other = tables.get(tableName(topic)) ?? topic;
    if (listed.has(topic))
      yield {
        path: `${at}.topic`,
        message: `given "${topic}", which is in the list already; allowed: each topic once`,
      };
    else if (other !== topic)
      yield {
        path: `${at}.topic`,
        message: `given "${topic}", whose table ${tableName(topic)} is that of "${other}" already; allowed: one of the two`,
      };
    if (columns !== undefined && changedTable(topic, databases) !== undefined)
      yield {
        path: `${at}.columns`,
        message: "given for the changes of a table, whose columns are known; allowed: none",
      };
    listed.add(topic);
    tables.set(tableName(topic), topic);
  }
};

/** Keys that SQL reads: a table each, in a stack that has them. */
export const keyTables: Rule = function* ({ query: { trino }, storage: { valkey } }) {
  const path = "lakehouse:query.trino.valkey.tables";
  const { tables } = trino.valkey;
  if (tables.length > 0 && !valkey.enabled)
    yield { path, message: "given while lakehouse:storage.valkey.enabled is false; allowed: Valkey on, or no tables" };
  for (const [index, { table }] of tables.entries())
    if (tables.findIndex((each) => each.table === table) < index)
      yield {
        path: `${path}[${String(index)}].table`,
        message: `given "${table}", which is in the list already; allowed: each table once`,
      };
};
