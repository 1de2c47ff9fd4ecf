import type { KnownTopics } from "../core/capabilities";
import type { ConnectSettings } from "./connect/settings";
import type { FlinkSettings } from "./flink/settings";
import type { KafkaSettings } from "./kafka/settings";
import { ORDERS } from "./flink/job";

/** Topics that follow from the settings. Pure. */
export function knownTopics({
  kafka,
  connect,
  flink,
}: {
  readonly kafka: KafkaSettings;
  readonly connect: ConnectSettings;
  readonly flink: FlinkSettings;
}): KnownTopics {
  const sources = connect.enabled ? connect.sources : [];
  return {
    topics: [
      ...kafka.topics.map(({ name }) => name),
      ...(flink.enabled ? [ORDERS.topic] : []),
      ...sources.flatMap(({ database, tables = [] }) => tables.map((table) => `${database}.public.${table}`)),
    ],
    databases: sources.map(({ database }) => database),
  };
}
