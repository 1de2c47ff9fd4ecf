import { z } from "zod";

import { disabled, enabled } from "../../fields/common";
import { schedule } from "../../fields/cron";
import { operator } from "../../fields/operator";
import { count, disk, dnsLabel, mode, section, size, withDefaults } from "../../fields/fields";

const INDEX = "the prefix of names: lower-case letters and digits, at most 40, beginning with a letter";
const PREFIX = "the prefix of names of indices, ended by '-', such as 'logs-'";
const STREAM =
  "the name of a data stream: a prefix of `indices`, '-', then lower-case letters, digits, '.', '_' and '-'";
const TOPIC = "the name of a topic: lower-case letters, digits, '.', '_' and '-'";

const index = section({
  name: z
    .string({ error: INDEX })
    .regex(/^[a-z][a-z0-9]{0,39}$/, { error: INDEX })
    .describe("prefix of the names: 'logs' is for data streams with names such as logs-shop"),
  keepDays: count(1, 3650).default(30).describe("days that records are kept; default 30"),
  shards: count(1, 100).default(1).describe("primary shards of one index; default 1"),
  engines: mode("read", "off").default("read").describe("whether SQL engines may read it; default read"),
});

const user = section({
  name: dnsLabel.describe("who signs in; user and password are a Secret in the store's namespace"),
  indices: z
    .array(z.string({ error: PREFIX }).regex(/^[a-z][a-z0-9_.-]{0,39}-$/, { error: PREFIX }))
    .min(1)
    .describe("prefixes of names of indices, each ended by '-'"),
  level: mode("read", "write").default("read").describe("access to them, and to Kibana's spaces; default read"),
});

const pipeline = section({
  topic: z
    .string({ error: TOPIC })
    .regex(/^[a-z0-9][a-z0-9._-]{0,248}$/, { error: TOPIC })
    .describe("topic of JSON records"),
  stream: z
    .string({ error: STREAM })
    .regex(/^[a-z][a-z0-9]{0,39}-[a-z0-9][a-z0-9._-]{0,99}$/, { error: STREAM })
    .describe("data stream that they are written to, such as logs-shop"),
});

export const elasticsearch = withDefaults(
  section({
    enabled: disabled,
    ...operator(
      "the ECK operator",
      "elastic-system",
      { cpu: 0.1, memory: "256Mi" },
      "pods of the deployed operator; one of them leads",
    ),
    data: size({ replicas: 3, cpu: 1, memory: "4Gi" }).describe(
      "nodes that hold the data; without managers they elect the master too, and are 1, or at least 3",
    ),
    volume: disk.prefault("50Gi").describe("volume of one node that holds data; default 50Gi"),
    manager: size({ replicas: 0, cpu: 0.5, memory: "2Gi" }, 0).describe(
      "dedicated master nodes: none, or at least 3; the operator adds them to a running cluster, or takes them away",
    ),
    coordinator: size({ replicas: 0, cpu: 1, memory: "2Gi" }, 0).describe(
      "coordinating nodes, which join the answers of others; without them clients connect to those that hold data",
    ),
    indices: z
      .array(index, { error: "a list of indices: { name, keepDays, shards, engines }" })
      .default([{ name: "logs", keepDays: 30, shards: 1, engines: "read" }])
      .describe("templates of indices and their retention; default logs"),
    users: z
      .array(user, { error: "a list of users: { name, indices, level }" })
      .default([])
      .describe("people and programs outside of the stack; default none"),
    snapshots: section({
      method: mode("s3", "off").default("s3").describe("copies in the backups bucket; default s3"),
      schedule: schedule.default("15 1 * * *").describe("default '15 1 * * *' (UTC)"),
      keepDays: count(1, 3650).default(14).describe("default 14"),
    }).prefault({}),
    kibana: section({
      enabled,
      server: size({ cpu: 0.5, memory: "2Gi" }),
      spaces: z
        .array(dnsLabel, { error: "a list of names of spaces" })
        .default(["lakehouse"])
        .describe(
          "spaces beside Kibana's own default one; each has a dashboard for each of `indices`; default lakehouse",
        ),
    })
      .prefault({})
      .describe("Kibana"),
    logstash: section({
      server: size({ cpu: 0.5, memory: "1536Mi" }),
      volume: disk.prefault("8Gi").describe("volume of one Logstash, which holds records not yet indexed; default 8Gi"),
      pipelines: z
        .array(pipeline, { error: "a list of pipelines: { topic, stream }" })
        .default([])
        .describe("topics of Kafka that are indexed; Logstash runs where there are any; default none"),
    })
      .prefault({})
      .describe("Logstash: from Kafka to data streams"),
    exporter: size({ cpu: 0.05, memory: "64Mi" }).describe("exporter of the nodes' metrics; one pod"),
  }),
).describe("Elasticsearch, Kibana and Logstash: logs and search");

export type ElasticsearchSettings = z.output<typeof elasticsearch>;
