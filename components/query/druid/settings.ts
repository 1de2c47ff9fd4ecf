import { z } from "zod";

import { disabled } from "../../fields/common";
import { count, disk, mode, section, size, withDefaults } from "../../fields/fields";

const SOURCE = "a data source: lower-case letters, digits, '_' and '-', beginning with a letter";
const TOPIC = "the name of a topic: lower-case letters, digits, '.', '_' and '-'";
const COLUMN = "the name of a field: letters, digits, '_' and '-'";
const PREFIX = "the beginning of keys, such as events/: letters, digits and !_.*'()/=-, ended by '/'";

const dataSource = z.string({ error: SOURCE }).regex(/^[a-z][a-z0-9_-]{0,99}$/, { error: SOURCE });
const time = z
  .string({ error: COLUMN })
  .regex(/^[A-Za-z0-9_-]{1,100}$/, { error: COLUMN })
  .default("timestamp")
  .describe("field with the time of a record, in ISO 8601 or in milliseconds; default timestamp");
const granularity = mode("hour", "day", "month").default("day").describe("time that one segment holds; default day");

const column = z.string({ error: COLUMN }).regex(/^[A-Za-z0-9_-]{1,100}$/, { error: COLUMN });
const columns = z.array(column, { error: "a list of fields" });
const rollup = section({
  by: columns
    .min(1, { error: "at least one field" })
    .describe("fields by which rows are told apart; others are left out"),
  sum: columns.default([]).describe("fields with numbers that are added up, as 64-bit floating point; default none"),
  every: mode("minute", "hour", "day")
    .default("hour")
    .describe("time that one row stands for; default hour, and no longer than that of a segment"),
})
  .optional()
  .describe(
    "keeps a row for each combination of `by` in each time instead of each record, with their number in the column `rows`; default: each record",
  );

const stream = section({
  topic: z
    .string({ error: TOPIC })
    .regex(/^[a-z0-9][a-z0-9._-]{0,248}$/, { error: TOPIC })
    .describe("topic of JSON records"),
  dataSource: dataSource.describe("what it becomes in SQL"),
  time,
  granularity,
  rollup,
});

const batch = section({
  dataSource: dataSource.describe("what it becomes in SQL; what it had of the same times is replaced"),
  bucket: mode("bronze", "silver", "gold").default("bronze").describe("where the files are; default bronze"),
  prefix: z
    .string({ error: PREFIX })
    .regex(/^[A-Za-z0-9!_.*'()=-]+(\/[A-Za-z0-9!_.*'()=-]+)*\/$/, { error: PREFIX })
    .describe("beginning of the keys of files with a JSON record a line"),
  time,
  granularity,
  rollup,
});

/** Sub-second questions on events. */
export const druid = withDefaults(
  section({
    enabled: disabled,
    coordinator: size({ cpu: 0.5, memory: "2Gi" }).describe(
      "decides what segments are where and what tasks run: coordinator and overlord in one; one leads",
    ),
    broker: size({ cpu: 1, memory: "4Gi" }).describe("takes questions apart and joins the answers"),
    router: size({ cpu: 0.25, memory: "1Gi" }).describe("the way in, for clients and people"),
    historical: size({ replicas: 2, cpu: 2, memory: "8Gi" }).describe(
      "answers from segments, one a node at the most; each segment is on two of them where there are two",
    ),
    indexer: size({ cpu: 1, memory: "4Gi" }).describe("takes records in; its tasks are threads of it"),
    cache: disk
      .prefault("50Gi")
      .describe("volume of one historical: all segments that it serves are on it; default 50Gi"),
    tasks: count(1, 100).default(4).describe("tasks that one indexer runs at the same time; default 4"),
    scratch: disk
      .prefault("10Gi")
      .describe("disk of one indexer for what its tasks have not handed over yet; default 10Gi"),
    streams: z
      .array(stream, { error: "a list of streams: { topic, dataSource, time, granularity }" })
      .default([])
      .describe("topics of Kafka that are taken in as they grow; default none"),
    batches: z
      .array(batch, { error: "a list of batches: { dataSource, bucket, prefix, time, granularity }" })
      .default([])
      .describe("files that are taken in once, and again when the entry changes; default none"),
  }),
);

export type DruidSettings = z.output<typeof druid>;
