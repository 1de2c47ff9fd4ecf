import { kafka, kafkaConnect, kafkaNodePool } from "../workloads/kafka";
import type { ApiGroup } from "./types";

/** `KafkaBridge`, `KafkaMirrorMaker2` and `StrimziPodSet` make pods that nothing here reads. */
export const strimzi: readonly ApiGroup[] = [
  {
    group: "kafka.strimzi.io",
    pods: { Kafka: kafka, KafkaNodePool: kafkaNodePool, KafkaConnect: kafkaConnect },
    podless: ["KafkaConnector", "KafkaRebalance", "KafkaTopic", "KafkaUser"],
    holdsData: ["Kafka", "KafkaNodePool", "KafkaTopic"],
  },
];
