import { pins } from "../../../components/pins";
import { ONE_MACHINE } from "../allowance";
import { description } from "../description";

export const kafka = description({
  artefacts: {
    kafka: {
      what: "Kafka and Kafka Connect",
      version: "4.1.2",
      from: { kind: "pom", pom: "kafka/kafka.pom.xml" },
      standsFor: {
        version: pins.kafka.version,
        why: "4.1.2 is the newest that the Debezium below supports; both versions know all rendered properties",
      },
    },
  },
  proofs: [
    {
      system: "Kafka",
      from: "Kafka, KafkaNodePool, KafkaTopic and KafkaUser: listeners by password over TLS, configuration, JVM options, ACLs, rules of metrics",
      seen: [
        "has the topics of the stack, and creates no others automatically",
        "lets each user do what was granted, and denies the rest",
        "refuses a wrong password and an unknown user",
        "no change is lost or counted twice when broker and worker crash",
        "kafka: the engine exposes them, or they are listed with their source",
      ],
    },
  ],
  allowed: [{ file: /^kafka\/listeners$/, key: /^(plain|tls)$/, kind: "port", why: ONE_MACHINE }],
  local: { kafka: () => (require("./local") as typeof import("./local")).part },
  absent: [
    [
      "the operators of Kafka and Flink, and the pods that they make",
      "they need a cluster; the tests start the engines as these operators do",
    ],
    ["several brokers: lost replicas, leader election", "the dev stack has one broker"],
    ["Strimzi's exporter of consumer groups, and its own JMX exporter", "they are only in Strimzi's image"],
  ],
});
