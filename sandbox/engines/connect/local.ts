import { limitOf } from "../local/limits";
import type { Part } from "../local/part";
import { startConnect } from "./connect";

export const part: Part = {
  what: "Kafka Connect",
  needs: ["kafka"],
  artefacts: { debezium: 40 },
  engines: { connect: { what: "Kafka Connect", places: ["connect", "connectMetrics"] } },
  limit: (rendered) => limitOf(rendered, "KafkaConnect", "connect", "spec resources limits memory"),
  start: async (ground) => {
    await startConnect(ground);
  },
  doors: ({ connect }) => [
    {
      name: "connect",
      what: "Kafka Connect",
      url: `http://127.0.0.1:${String(connect)}/connectors`,
      as: "no password",
    },
  ],
};
