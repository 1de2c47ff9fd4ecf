import { pinned } from "../../core/pins";

/** The workers run Kafka's image: streaming/kafka pins it. */
export const pins = pinned({
  debezium: {
    version: "3.6.1.Final",
    licence: "Apache-2.0",
    held: {
      pin: "3.6.1.Final",
      newest: "3.7.1.Final",
      read: "2026-11-28",
      why: "3.7 is built against a Kafka that Strimzi 1.2 does not have",
    },
    // Only its folder /kafka/connect is used, as a volume.
    image: "quay.io/debezium/connect:{version}",
  },
});
