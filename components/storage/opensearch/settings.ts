import { z } from "zod";

import { disabled, enabled, image } from "../../fields/common";
import { schedule } from "../../fields/cron";
import { count, disk, dnsLabel, mode, section, size, withDefaults } from "../../fields/fields";

const INDEX = "the beginning of names: lower-case letters and digits, at most 40, beginning with a letter";
const BEGINNING = "the beginning of names of indices, ended by '-', such as 'logs-'";

const index = section({
  name: z
    .string({ error: INDEX })
    .regex(/^[a-z][a-z0-9]{0,39}$/, { error: INDEX })
    .describe("beginning of the names: 'logs' is for data streams by names such as logs-shop"),
  keepDays: count(1, 3650).default(30).describe("days that records are kept; default 30"),
  shards: count(1, 100).default(1).describe("primary shards of one index; default 1"),
  engines: mode("read", "off").default("read").describe("whether SQL engines may read it; default read"),
});

const user = section({
  name: dnsLabel
    // Passwords that hold the user's name are refused: of a short one that happens.
    .min(4, { error: "at least 4 letters, digits and '-'" })
    .describe("who signs in, at least 4 letters; user and password are a Secret beside the store"),
  indices: z
    .array(z.string({ error: BEGINNING }).regex(/^[a-z][a-z0-9_.-]{0,39}-$/, { error: BEGINNING }))
    .min(1)
    .describe("beginnings of names of indices, each ended by '-'"),
  level: mode("read", "write").default("read").describe("what it may do there; default read"),
});

export const opensearch = withDefaults(
  section({
    enabled: disabled,
    data: size({ replicas: 3, cpu: 1, memory: "4Gi" }).describe(
      "nodes that hold the data; without managers they lead the cluster too, and are 1, or at least 3",
    ),
    volume: disk.prefault("50Gi").describe("volume of one node that holds data; default 50Gi"),
    manager: size({ replicas: 0, cpu: 0.5, memory: "2Gi" }, 0).describe(
      "nodes that only lead the cluster: none, or at least 3; chosen before the first start, not changed to or from none later",
    ),
    coordinator: size({ replicas: 0, cpu: 1, memory: "2Gi" }, 0).describe(
      "nodes that only take requests and join the answers of others; without them clients reach those that hold data",
    ),
    indices: z
      .array(index, { error: "a list of indices: { name, keepDays, shards, engines }" })
      .default([{ name: "logs", keepDays: 30, shards: 1, engines: "read" }])
      .describe("templates of indices and how long they are kept; default logs"),
    users: z
      .array(user, { error: "a list of users: { name, indices, level }" })
      .default([])
      .describe("people and programs outside of the stack; default none"),
    snapshots: section({
      method: mode("s3", "off")
        .default("off")
        .describe(
          "copies in the backups bucket; upstream's image cannot write them, so this needs `image`; default off",
        ),
      schedule: schedule.default("15 1 * * *").describe("default '15 1 * * *' (UTC)"),
      keepDays: count(1, 3650).default(14).describe("default 14"),
    }).prefault({}),
    dashboards: section({ enabled, server: size({ cpu: 0.25, memory: "1Gi" }) })
      .prefault({})
      .describe("OpenSearch Dashboards"),
    exporter: size({ cpu: 0.05, memory: "64Mi" }).describe("tells Prometheus how the nodes are; one pod"),
    image,
  }),
).describe("OpenSearch: logs and search");

export type OpensearchSettings = z.output<typeof opensearch>;
