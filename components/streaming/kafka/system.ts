import { system } from "../../core/system";
import { image, operator } from "../../core/uses";
import { enoughBrokers, quorums, singles } from "./check";
import { pins } from "./pins";
import { CLUSTER, kafkaPods, strimziPods } from "./pods";
import { kafka as settings } from "./settings";
import { kafkaMonitoring } from "./monitoring";
import { strimziMonitoring } from "./operator.monitoring";
import { CLIENTS_PORT, PLAIN_PORT } from "./config";

const production = (brokers: number) => ({
  operatorSize: { replicas: 2, cpu: 0.5, memory: "1Gi" },
  broker: { replicas: brokers, cpu: 4, memory: "24Gi" },
  controller: { replicas: 3, cpu: 1, memory: "4Gi" },
  entityOperator: { cpu: 0.5, memory: "2Gi" },
  exporter: { cpu: 0.25, memory: "256Mi" },
});

/** The event log between services. It needs no other system, so that each of them may write to it. */
export const kafka = system({
  summary: "The event log between services: Kafka by Strimzi.",
  section: "streaming",
  key: "kafka",
  settings,
  presets: {
    dev: {
      operatorSize: { cpu: 0.1, memory: "384Mi" },
      broker: { replicas: 1, cpu: 0.25, memory: "1Gi" },
      combined: true,
      diskSize: "5Gi",
      retentionHours: 24,
      entityOperator: { cpu: 0.1, memory: "512Mi" },
      exporter: { cpu: 0.05, memory: "64Mi" },
    },
    minimal: production(3),
    medium: production(10),
    large: production(15),
  },
  least: { operatorSize: 0, broker: 768, controller: 512, entityOperator: 512, exporter: 0 },
  check: function* (own) {
    yield* singles(own);
    if (!own.enabled) return;
    yield* quorums(own);
    yield* enoughBrokers(own);
  },
  pins,
  uses: (own) => {
    const on = { service: "kafka", setting: "lakehouse:streaming.kafka.enabled", instead: "false" };
    const deployed = { ...on, setting: "lakehouse:streaming.kafka.operator", instead: "existing" };
    return [image(pins.kafka, on), ...(own.operator === "deployed" ? operator(pins.strimzi, deployed) : [])];
  },
  needs: {},
  gives: ["log"],
  pods: ({ platform, settings: own }) => [
    ...(own.operator === "deployed" ? strimziPods(platform, own) : []),
    ...kafkaPods(platform, own),
  ],
  monitoring: ({ settings: own }) => ({ kafka: kafkaMonitoring(own), strimzi: strimziMonitoring }),
  doors: ({ platform, settings: own }) => [
    {
      name: "kafka",
      kind: "kafka",
      namespace: platform.namespace("streaming"),
      service: `${CLUSTER}-kafka-bootstrap`,
      port: platform.tls ? CLIENTS_PORT : PLAIN_PORT,
      scheme: "kafka",
      ...(platform.tls ? { tls: true } : {}),
      signIn: "its users by SCRAM",
      pods: { service: CLUSTER, role: own.combined ? "combined" : "broker" },
    },
  ],
  compose: {
    standIns: (objects) => (require("./composed") as typeof import("./composed")).standIns(objects),
    // A load of many brokers is none of one machine.
    settings: { broker: { replicas: 1 }, combined: true, messagesPerSecond: undefined },
  },
  create: ({ platform, settings: own }, opts) => {
    const { strimzi } = require("./operator") as typeof import("./operator");
    const { Kafka } = require("./kafka") as typeof import("./kafka");
    const { peer: operator, services: operators } = strimzi(platform, own, opts);
    // Custom resources depend on the operator, which brings their CRDs.
    const kafka = new Kafka({ platform, settings: own, operator }, { ...opts, dependsOn: [...operators] });
    for (const { name, partitions, retentionHours } of own.topics)
      kafka.topic(name, {
        partitions,
        ...(retentionHours === undefined ? {} : { retentionMs: retentionHours * HOUR }),
      });
    const { parent } = opts;
    if (parent === undefined) throw new Error("Kafka is part of a layer");
    return {
      services: [...operators, kafka],
      log: { events: kafka, operator, operators, running: kafka, formerParent: parent },
    };
  },
});

const HOUR = 3_600_000;
