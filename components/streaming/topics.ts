import type { KnownTopics } from "../core/capabilities";
import type { Settings } from "../settings";
import { ORDERS } from "./flink.job";

/** What the settings say of topics before there are any. Pure. */
export function knownTopics({ kafka, connect, flink }: Settings["streaming"]): KnownTopics {
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
