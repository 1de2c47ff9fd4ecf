import { suggestion } from "./errors";
import type { Rule } from "./rules";

/** Rules over topics, and over buckets that tell of their objects there. */

/** Topics that services make for themselves; a test holds them against what they make. */
export const SERVICE_TOPICS: readonly string[] = ["connect-configs", "connect-offsets", "connect-status", "orders"];

export const ownTopics: Rule = function* ({ streaming: { kafka } }) {
  const path = "lakehouse:streaming.kafka.topics";
  if (kafka.topics.length > 0 && !kafka.enabled)
    yield { path, message: "given while lakehouse:streaming.kafka.enabled is false; allowed: Kafka on, or no topics" };
  const seen = new Set<string>();
  for (const [index, { name }] of kafka.topics.entries()) {
    const owner = SERVICE_TOPICS.includes(name) ? "which a service of the stack makes" : "which is in the list already";
    if (seen.has(name) || SERVICE_TOPICS.includes(name))
      yield {
        path: `${path}[${String(index)}].name`,
        message: `given "${name}", ${owner}; allowed: a name of its own`,
      };
    seen.add(name);
  }
};

export const bucketEvents: Rule = function* ({ storage, streaming: { kafka } }) {
  const topics = kafka.topics.map(({ name }) => name);
  for (const [key, { notify }] of Object.entries(storage.buckets)) {
    const path = `lakehouse:storage.buckets.${key}.notify`;
    if (notify.length === 0) continue;
    if (storage.objects.kind !== "minio") {
      yield {
        path,
        message: `given with objects of the kind ${storage.objects.kind}, which this stack cannot make tell of objects; allowed: none, or kind minio`,
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
      const told = JSON.stringify([topic, prefix, suffix]);
      if (seen.has(told))
        yield {
          path: at,
          message: `topic "${topic}" has this prefix and suffix in the list already; allowed: all events of it in one`,
        };
      seen.add(told);
    }
  }
};
