import { pins } from "../../../components/pins";
import { FOLDER, ONE_MACHINE } from "../allowance";
import { description } from "../description";

export const connect = description({
  artefacts: {
    debezium: {
      what: "Debezium's connector for PostgreSQL",
      version: "3.3.2.Final",
      from: {
        kind: "maven",
        coordinates: "io.debezium:debezium-connector-postgres:3.3.2.Final:tar.gz:plugin",
        unpack: { keep: {} },
      },
      standsFor: {
        version: pins.debezium.version,
        why: "its plugin archive is not on Maven Central; this one is built for Kafka 4.1",
      },
    },
  },
  proofs: [
    {
      system: "Kafka Connect with Debezium",
      from: "KafkaConnect and KafkaConnector; the granted role and publication; rules of metrics",
      seen: [
        "are in the topic once each: inserts, updates and deletes",
        "the connector's user can neither read the topic that it writes nor change the database",
        "merge into an Iceberg table that equals the database's table; a second merge changes nothing",
        "connect: the engine exposes them, or they are listed with their source",
      ],
    },
  ],
  allowed: [
    { file: /^connect\/worker$/, key: /^bootstrapServers$/, kind: "endpoint", why: ONE_MACHINE },
    { file: /^connect\/connector$/, key: /^database\.hostname$/, kind: "endpoint", why: ONE_MACHINE },
    { file: /^connect\/connector$/, key: /^database\.port$/, kind: "port", why: ONE_MACHINE },
    { file: /^connect\/env$/, key: /^CLASSPATH$/, kind: "path", why: FOLDER },
  ],
  local: { connect: () => (require("./local") as typeof import("./local")).part },
  absent: [],
});
