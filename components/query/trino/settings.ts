import { z } from "zod";

import { enabled, image } from "../../fields/common";
import { count, disk, mode, section, size, withDefaults } from "../../fields/fields";
import { columns } from "./fields";
import { pins } from "./pins";

const TOPIC = "the name of a topic: lower-case letters, digits, '.', '_' and '-'";
const TABLE = "a table's name: lower-case letters, digits and '_', beginning with a letter";
const KEYS = "the key of a sorted set, such as 'shop:carts': lower-case letters, digits, '-', '_', '.' and ':'";

const topicCatalog = section({
  enabled,
  topics: z
    .array(
      section({
        topic: z
          .string({ error: TOPIC })
          .regex(/^[a-z0-9][a-z0-9._-]{0,248}$/, { error: TOPIC })
          .describe("name of the topic; changes of a database table are in `<database>.public.<table>`"),
        columns: columns
          .optional()
          .describe("columns: fields of its JSON records, and their types; default: none, a record is one text"),
      }),
      { error: "a list of topics: { topic, columns }" },
    )
    .default([])
    .describe("topics that become tables, besides those of lakehouse:streaming; default none"),
})
  .prefault({})
  .describe("the catalog `kafka` with topics as tables, in stacks that have Kafka");

const keyCatalog = section({
  enabled,
  tables: z
    .array(
      section({
        table: z
          .string({ error: TABLE })
          .regex(/^[a-z][a-z0-9_]{0,99}$/, { error: TABLE })
          .describe("name of the table"),
        keys: z
          .string({ error: KEYS })
          .regex(/^[a-z0-9][-a-z0-9_.]*:([-a-z0-9_.]+:)*[-a-z0-9_.]+$/, { error: KEYS })
          .describe(
            "sorted set whose members are the keys of the rows; these begin as it does up to the last ':', and Trino may read all that do",
          ),
        format: mode("hash", "json")
          .default("hash")
          .describe("what a row is: a hash, or a string of JSON; default hash"),
        columns: columns.describe("columns: fields of a row, and their types"),
      }),
      { error: "a list of tables: { table, keys, format, columns }" },
    )
    .default([])
    .describe("keys that become tables; default none"),
})
  .prefault({})
  .describe("the catalog `valkey` with keys as tables, in stacks that have Valkey");

export const trino = withDefaults(
  section({
    enabled,
    coordinator: size({ cpu: 2, memory: "8Gi" }),
    worker: size({ replicas: 2, cpu: 4, memory: "24Gi" }),
    concurrency: count(5, 1000).default(10).describe("queries that run at the same time, at least 5; default 10"),
    spill: disk.prefault("40Gi").describe("scratch disk of one worker for queries larger than memory; default 40Gi"),
    cache: section({
      enabled,
      size: disk
        .prefault("20Gi")
        .describe(
          "scratch disk of one worker for its cache of the object store; the coordinator has a tenth, for metadata; default 20Gi",
        ),
    }).prefault({}),
    maxSeconds: count(1, 604_800)
      .optional()
      .describe("longest time of one query, in seconds, without the time that it waits; default: none"),
    drainSeconds: count(30, 3600)
      .default(120)
      .describe("seconds that a worker has to finish its tasks before it stops; default 120"),
    kafka: topicCatalog,
    valkey: keyCatalog,
    version: z
      .string()
      .regex(/^(47[6-9]|4[89]\d|[5-9]\d\d)$/, { error: "a version of Trino from 476 on, such as '484'" })
      .default(pins.trino.version)
      .describe(
        `version of Trino that the configuration is for: that of your own image, or another one of upstream's; default '${pins.trino.version}'`,
      ),
    image,
  }),
);

export type TrinoSettings = z.output<typeof trino>;
