import { limitOf } from "../local/limits";
import type { Part } from "../local/part";
import { endTool } from "./client";
import { startKafka } from "./kafka";

export const part: Part = {
  what: "Kafka",
  artefacts: { kafka: 120, jmxExporter: 1 },
  engines: {
    kafka: {
      what: "Kafka",
      places: ["kafka", "kafkaPlain", "kafkaControl", "kafkaReplication", "kafkaMetrics", "kafkaTool"],
    },
  },
  limit: (rendered) => limitOf(rendered, "KafkaNodePool", "combined", "spec resources limits memory"),
  start: async (ground) => {
    await startKafka(ground);
    // It makes topics, users and rights, and is needed no longer.
    await endTool(ground);
  },
  doors: ({ kafkaPlain }) => [
    {
      name: "kafka",
      what: "Kafka",
      url: `127.0.0.1:${String(kafkaPlain)}`,
      as: "connect, flink or trino",
      note: "SASL_PLAINTEXT, SCRAM-SHA-512",
    },
  ],
};
