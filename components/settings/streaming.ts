import { z } from "zod";

import { count, disk, dnsLabel, mode, section, size, withDefaults } from "./fields";
import { flink } from "./flink";
import { image } from "./services";

const off = z.boolean().default(false).describe("default false");

const topic = section({
  name: dnsLabel.describe("name of the topic"),
  partitions: count(1, 1000).default(3).describe("can be raised, never lowered; default 3"),
  retentionHours: count(1, 87_600).optional().describe("how long records are kept; default: Kafka's retentionHours"),
});

const kafka = withDefaults(
  section({
    enabled: off,
    operator: mode("existing", "deployed")
      .default("deployed")
      .describe("use the Strimzi operator that is there, or run one; default deployed"),
    operatorNamespace: dnsLabel.default("strimzi").describe("namespace of the existing operator; default strimzi"),
    operatorSize: size({ cpu: 0.2, memory: "384Mi" }).describe("the operator that is deployed"),
    broker: size({ replicas: 3, cpu: 2, memory: "8Gi" }).describe("brokers, one a node at the most"),
    controller: size({ replicas: 3, cpu: 0.5, memory: "2Gi" }).describe(
      "controllers, which keep the metadata; not used when combined",
    ),
    combined: z
      .boolean()
      .default(false)
      .describe("brokers are controllers too, for small clusters of 1, 3 or 5; default false"),
    disks: count(1, 24).default(1).describe("volumes of one broker (JBOD); default 1"),
    diskSize: disk.prefault("1Ti").describe("size of one of them; default 1Ti"),
    metadataSize: disk.prefault("10Gi").describe("volume of one controller; default 10Gi"),
    retentionHours: count(1, 87_600)
      .default(168)
      .describe("how long topics keep records unless they say otherwise; default 168 (7 days)"),
    topics: z
      .array(topic, { error: "a list of topics: { name, partitions, retentionHours }" })
      .default([])
      .describe("topics besides those that services of the stack make for themselves; default none"),
    messagesPerSecond: count(1, 20_000_000)
      .optional()
      .describe("what the brokers must take in; refused where they are too few; default: not checked"),
    entityOperator: size({ cpu: 0.2, memory: "512Mi" }).describe(
      "makes topics and users: two containers, half of it each; one pod",
    ),
    exporter: size({ cpu: 0.1, memory: "128Mi" }).describe("tells how far consumers are behind; one pod"),
  }),
);

const DATABASE = "a database name: lower-case letters, digits and '_', beginning with a letter, at most 40";
const TABLE = "the name of a table: lower-case letters, digits and '_'";

const connect = withDefaults(
  section({
    enabled: off,
    worker: size({ replicas: 2, cpu: 0.5, memory: "2Gi" }).describe("Kafka Connect workers"),
    image: image.describe(
      "an own Kafka Connect image that has Debezium's plugin; default: Debezium's image as a volume, for which Kubernetes must be 1.35 or newer",
    ),
    sources: z
      .array(
        section({
          database: z
            .string({ error: DATABASE })
            .regex(/^[a-z][a-z0-9_]{0,39}$/, { error: DATABASE })
            .describe(
              "database of the stack's PostgreSQL whose every change becomes a record; its tables need primary keys, or they take no updates",
            ),
          tables: z
            .array(z.string({ error: TABLE }).regex(/^[a-z_][a-z0-9_]*$/, { error: TABLE }))
            .min(1)
            .optional()
            .describe("tables of its schema public that are followed; default: all, also those to come"),
        }),
        { error: "a list of sources: { database }" },
      )
      .default([])
      .describe("databases to follow; one that no service of the stack owns is made; default none"),
  }),
);

export const streaming = withDefaults(section({ kafka, connect, flink }));
