import { z } from "zod";

import { disabled } from "../../fields/common";
import { schedule } from "../../fields/cron";
import { operator } from "../../fields/operator";
import { cores, count, disk, memory, mode, section, size, withDefaults } from "../../fields/fields";

/** Databases of the server itself: the owner of one would own the server. */
const SYSTEM = ["information_schema", "mysql", "performance_schema", "sys"];
const DATABASE = `a database name: lower-case letters, digits and '_', beginning with a letter, at most 40, and none of ${SYSTEM.join(", ")}`;

const database = section({
  name: z
    .string({ error: DATABASE })
    .regex(/^[a-z][a-z0-9_]{0,39}$/, { error: DATABASE })
    .refine((name) => !SYSTEM.includes(name), { error: DATABASE })
    .describe("name of the database; user and password of its owner are a Secret in the server's namespace"),
  engines: mode("read", "write", "off").default("read").describe("access of SQL engines; default read"),
  follower: z
    .boolean()
    .default(false)
    .describe(
      "creates a user that may follow its changes in the binary log, which contains those of all databases; its Secret is in the server's namespace; default false",
    ),
});

export const mariadb = withDefaults(
  section({
    enabled: disabled,
    ...operator(
      "the mariadb-operator",
      "mariadb-operator",
      { cpu: 0.1, memory: "256Mi" },
      "pods of the deployed operator; one of them leads",
    ),
    webhookSize: size({ cpu: 0.05, memory: "128Mi" }).describe(
      "the operator's webhook, and the controller of the webhook's certificates: pods of this size for each",
    ),
    server: size({ replicas: 2, cpu: 0.5, memory: "2Gi" }).describe(
      "servers: one is the primary, the others are replicas that can take its place; a single one has no failover",
    ),
    agent: section({
      cpu: cores.prefault(0.1).describe("cores; default 0.1"),
      memory: memory.prefault("128Mi").describe("memory; default 128Mi"),
    })
      .prefault({})
      .describe("container that the operator adds to each server where there are several"),
    storage: disk.prefault("20Gi").describe("volume of one server, binary log included; default 20Gi"),
    databases: z
      .array(database, { error: "a list of databases: { name, engines, follower }" })
      .default([])
      .describe("databases of the server; one that is removed from the list stays on the server; default none"),
    backup: section({
      method: mode("physical", "off").default("physical").describe("backups of the whole server; default physical"),
      schedule: schedule.default("45 2 * * *").describe("schedule of backups; default '45 2 * * *' (UTC)"),
      retentionDays: count(1, 3650).default(30).describe("days that backups are kept; default 30"),
      job: size({ cpu: 0.5, memory: "512Mi" }).describe(
        "the job that makes a backup; its volume is as large as a server's",
      ),
    }).prefault({}),
    exporter: size({ cpu: 0.05, memory: "64Mi" }).describe("exporter of the servers' metrics; one pod"),
  }),
);

export type MariadbSettings = z.output<typeof mariadb>;
