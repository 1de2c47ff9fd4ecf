import { suggestion } from "../../fields/mistakes";
import type { Rule } from "../rule";

/** Rules over topics, and over bucket notifications to them. */

/** Topics that services create; a test compares the list with the topics that they create. */
export const SERVICE_TOPICS: readonly string[] = [
  "connect-configs",
  "connect-offsets",
  "connect-status",
  "functions-dead-letters",
  "orders",
];

export const ownTopics: Rule = function* ({ streaming: { kafka } }) {
  const path = "lakehouse:streaming.kafka.topics";
  if (kafka.topics.length > 0 && !kafka.enabled)
    yield { path, message: "given while lakehouse:streaming.kafka.enabled is false; allowed: Kafka on, or no topics" };
  const seen = new Set<string>();
  for (const [index, { name }] of kafka.topics.entries()) {
    const owner = SERVICE_TOPICS.includes(name)
      ? "which a service of the stack creates"
      : "which is in the list already";
    if (seen.has(name) || SERVICE_TOPICS.includes(name))
      yield {
        path: `${path}[${String(index)}].name`,
        message: `given "${name}", ${owner}; allowed: a name of its own`,
      };
    seen.add(name);
  }
};

/** What Druid and ClickHouse take in as it grows, what Logstash indexes, and what NiFi lands, is in Kafka. */
export const streamedTopics: Rule = function* ({ query, storage: { elasticsearch }, streaming: { kafka, nifi } }) {
  if (kafka.enabled) return;
  const message = "given while lakehouse:streaming.kafka.enabled is false; allowed: Kafka on, or none";
  for (const key of ["druid", "clickhouse"] as const)
    if (query[key].enabled && query[key].streams.length > 0) yield { path: `lakehouse:query.${key}.streams`, message };
  if (elasticsearch.enabled && elasticsearch.logstash.pipelines.length > 0)
    yield { path: "lakehouse:storage.elasticsearch.logstash.pipelines", message };
  if (nifi.enabled && nifi.topics.length > 0) yield { path: "lakehouse:streaming.nifi.topics", message };
};

export const bucketEvents: Rule = function* ({ storage, streaming: { kafka } }) {
  const topics = kafka.topics.map(({ name }) => name);
  for (const [key, { notify }] of Object.entries(storage.buckets)) {
    const path = `lakehouse:storage.buckets.${key}.notify`;
    if (notify.length === 0) continue;
    if (storage.objects.kind !== "minio") {
      yield {
        path,
        message: `given with lakehouse:storage.objects.kind ${storage.objects.kind}, whose notifications this stack cannot configure; allowed: none, or kind minio`,
      };
      continue;
    }
    if (!kafka.enabled) {
      yield { path, message: "given while lakehouse:streaming.kafka.enabled is false; allowed: Kafka on, or none" };
      continue;
    }
    const seen = new Set<string>();
    for (const [index, { topic, prefix = "", suffix = "" }] of notify.entries()) {
      const at = `${path}[${String(index)}]`;
      if (!topics.includes(topic))
        yield {
          path: `${at}.topic`,
          message: `given "${topic}", which is not in lakehouse:streaming.kafka.topics${suggestion(topic, topics)}; allowed: ${topics.join(", ") || "none yet"}`,
        };
      const target = JSON.stringify([topic, prefix, suffix]);
      if (seen.has(target))
        yield {
          path: at,
          message: `given topic "${topic}" with a prefix and suffix that are in the list already; allowed: one entry with all its events`,
        };
      seen.add(target);
    }
  }
};
