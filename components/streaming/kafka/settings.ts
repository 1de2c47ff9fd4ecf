import { z } from "zod";

import { disabled } from "../../fields/common";
import { count, disk, dnsLabel, section, size, withDefaults } from "../../fields/fields";
import { operator } from "../../fields/operator";

const topic = section({
  name: dnsLabel.describe("name of the topic"),
  partitions: count(1, 1000).default(3).describe("number of partitions; can be raised, never lowered; default 3"),
  retentionHours: count(1, 87_600).optional().describe("hours that records are kept; default: Kafka's retentionHours"),
});

export const kafka = withDefaults(
  section({
    enabled: disabled,
    ...operator("the Strimzi operator", "strimzi", { cpu: 0.2, memory: "384Mi" }),
    broker: size({ replicas: 3, cpu: 2, memory: "8Gi" }).describe("brokers, at most one on a node"),
    controller: size({ replicas: 3, cpu: 0.5, memory: "2Gi" }).describe(
      "controllers, which store the metadata; not used when combined",
    ),
    combined: z
      .boolean()
      .default(false)
      .describe("run brokers as controllers too, for small clusters of 1, 3 or 5 nodes; default false"),
    disks: count(1, 24).default(1).describe("volumes of one broker (JBOD); default 1"),
    diskSize: disk.prefault("1Ti").describe("size of one volume; default 1Ti"),
    metadataSize: disk.prefault("10Gi").describe("volume of one controller; default 10Gi"),
    retentionHours: count(1, 87_600)
      .default(168)
      .describe("hours that topics keep records by default; default 168 (7 days)"),
    topics: z
      .array(topic, { error: "a list of topics: { name, partitions, retentionHours }" })
      .default([])
      .describe("topics besides those that services of the stack create; default none"),
    messagesPerSecond: count(1, 20_000_000)
      .optional()
      .describe("load of the brokers; too few brokers are refused; default: not checked"),
    entityOperator: size({ cpu: 0.2, memory: "512Mi" }).describe(
      "operators of topics and users: one pod, whose two containers have half of the size each",
    ),
    exporter: size({ cpu: 0.1, memory: "128Mi" }).describe("exporter of consumer lag; one pod"),
  }),
);

export type KafkaSettings = z.output<typeof kafka>;
