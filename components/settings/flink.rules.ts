import type { Rule } from "./rules";

/** The job reads a topic and writes tables: it needs who keeps both. */
export const flinkNeeds: Rule = function* ({ streaming: { flink, kafka }, catalog: { hiveMetastore } }) {
  if (!flink.enabled) return;
  const path = "lakehouse:streaming.flink.enabled";
  if (!kafka.enabled)
    yield {
      path,
      message: "given true while lakehouse:streaming.kafka.enabled is false; allowed: Kafka on, or this off",
    };
  if (!hiveMetastore.enabled)
    yield {
      path,
      message:
        "given true while lakehouse:catalog.hiveMetastore.enabled is false; allowed: the metastore on, or this off",
    };
};
