import { z } from "zod";

import { disabled, image } from "../../fields/common";
import { count, disk, section, size, withDefaults } from "../../fields/fields";
import { pins } from "./pins";

const GROUP = "a name: lower-case letters, digits and '_', beginning with a letter";
const SCHEMA = "the name of a schema: lower-case letters, digits and '_', beginning with a letter";
const WORD = "letters, digits and _.@-";

const word = z.string({ error: WORD }).regex(/^[\w.@-]{1,100}$/, { error: WORD });

const group = section({
  name: z
    .string({ error: GROUP })
    .regex(/^[a-z][a-z0-9_]{0,49}$/, { error: GROUP })
    .describe("name of the group"),
  sources: z
    .array(word, { error: "a list of beginnings of sources" })
    .default([])
    .describe("its queries: those whose source begins so; default any"),
  users: z
    .array(word, { error: "a list of users" })
    .default([])
    .describe("its queries: those of these users; default any"),
  running: count(1, 1000).describe("queries of the group that run at the same time"),
  queued: count(0, 100_000).default(100).describe("queries of the group that wait; more are refused; default 100"),
  perUser: count(1, 1000)
    .optional()
    .describe("queries of one user that run at the same time in this group; default: as many as the group's"),
  memory: count(1, 100)
    .default(80)
    .describe("percent of the cluster's memory of queries, above which new ones of the group wait; default 80"),
});
export type ResourceGroup = z.output<typeof group>;

/** Pipelines get at most half of the slots, and no person takes all that are left. */
const GROUPS: z.input<typeof group>[] = [
  { name: "pipelines", sources: ["airflow", "pipeline"], running: 5, memory: 60 },
  { name: "adhoc", running: 10, perUser: 4 },
];

export const presto = withDefaults(
  section({
    enabled: disabled,
    coordinator: size({ cpu: 1, memory: "4Gi" }),
    worker: size({ replicas: 2, cpu: 2, memory: "8Gi" }, 0).describe(
      "one a node at the most; with replicas 0 the coordinator works itself",
    ),
    concurrency: count(1, 1000).default(10).describe("queries that run at the same time in all groups; default 10"),
    groups: z
      .array(group, { error: "a list of resource groups: { name, sources, users, running, queued, perUser, memory }" })
      .prefault(GROUPS)
      .describe(
        "resource groups; a query is of the first one that takes it, the last takes all; default: pipelines (5 of Airflow's), adhoc (10, 4 of one user)",
      ),
    spill: disk.prefault("20Gi").describe("scratch disk of whoever works for queries larger than memory; default 20Gi"),
    write: section({
      enabled: disabled,
      schema: z
        .string({ error: SCHEMA })
        .regex(/^[a-z][a-z0-9_]{0,99}$/, { error: SCHEMA })
        .default("adhoc")
        .describe(
          "the one schema of Iceberg tables that may be written to; its tables are below presto/ of the bucket `warehouse`; default adhoc",
        ),
      staging: disk
        .prefault("10Gi")
        .describe("scratch disk for files that are written, which go to the store when they are whole; default 10Gi"),
    })
      .prefault({})
      .describe("a schema for results; everything else is read only"),
    maxSeconds: count(1, 604_800)
      .optional()
      .describe("longest time of one query, in seconds, without the time that it waits; default: none"),
    drainSeconds: count(30, 3600)
      .default(120)
      .describe("seconds that a worker has to finish its tasks before it stops; default 120"),
    version: z
      .string()
      .regex(/^0\.(29[7-9]|[3-9]\d\d)(\.\d{1,3})?$/, { error: "a version of Presto from 0.297 on, such as '0.299'" })
      .default(pins.presto.version)
      .describe(
        `version of Presto that the configuration is for: that of your own image, or another one of upstream's; default '${pins.presto.version}'`,
      ),
    image,
  }),
);

export type PrestoSettings = z.output<typeof presto>;
