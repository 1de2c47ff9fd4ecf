import { z } from "zod";

import { disabled } from "../../fields/common";
import { schedule } from "../../fields/cron";
import { count, disk, mode, section, size, withDefaults } from "../../fields/fields";
import { operator } from "../../fields/operator";

/** Databases that the server itself has, and the one that stands for the catalog of Iceberg tables. */
export const RESERVED: readonly string[] = ["default", "information_schema", "lakehouse", "system"];

const NAME = "lower-case letters, digits and '_', beginning with a letter, at most 40";
const DATABASE = `a database name: ${NAME}, and none of ${RESERVED.join(", ")}`;
const TOPIC = "the name of a topic: lower-case letters, digits, '.', '_' and '-'";
const COLUMN = "the name of a column: letters, digits and '_', beginning with a letter";
const TYPE = "a type of ClickHouse such as String, UInt64, Decimal(12, 2) or DateTime64(3, 'UTC')";

const name = (error: string) => z.string({ error }).regex(/^[a-z][a-z0-9_]{0,39}$/, { error });
const column = z.string({ error: COLUMN }).regex(/^[A-Za-z][A-Za-z0-9_]{0,99}$/, { error: COLUMN });

const database = section({
  name: name(DATABASE)
    .refine((given) => !RESERVED.includes(given), { error: DATABASE })
    .describe("name of the database"),
  engines: mode("read", "write", "off").default("read").describe("access of SQL engines; default read"),
});

const stream = section({
  topic: z
    .string({ error: TOPIC })
    .regex(/^[a-z0-9][a-z0-9._-]{0,248}$/, { error: TOPIC })
    .describe("topic of JSON records, one object each"),
  database: name(DATABASE).describe("one of the databases of the settings"),
  table: name(`a table name: ${NAME}`).describe("table that its records are added to"),
  columns: z
    .record(
      column,
      z.string({ error: TYPE }).regex(/^[A-Z][A-Za-z0-9]*(\([A-Za-z0-9_ ,'()/+-]*\))?$/, { error: TYPE }),
      { error: "a map of columns and their types, such as { order_id: String }" },
    )
    .describe("columns and their types; fields of a record without a column are left out"),
  orderBy: z
    .array(column, { error: "a list of columns" })
    .default([])
    .describe("columns that the table is sorted by; default none: in the order of arrival"),
});

/** Analytical questions on tables of its own. */
export const clickhouse = withDefaults(
  section({
    enabled: disabled,
    ...operator(
      "Altinity's ClickHouse operator",
      "kube-system",
      { cpu: 0.1, memory: "256Mi" },
      "the deployed operator: one pod, which knows no election of a leader",
    ),
    shards: count(1, 100).default(1).describe("parts that the rows of a table are divided into; default 1"),
    server: size({ cpu: 1, memory: "4Gi" }).describe("servers of one shard: each has all rows of its shard"),
    volume: disk.prefault("50Gi").describe("volume of one server; default 50Gi"),
    storage: mode("disk", "s3")
      .default("disk")
      .describe(
        "where tables keep their rows: on the servers' volumes, or in the bucket `services` with a cache on the volumes; default disk",
      ),
    keeper: size({ cpu: 0.1, memory: "512Mi" }).describe(
      "ClickHouse Keeper, by which servers agree on what each of them has: 1, 3 or 5 pods",
    ),
    keeperVolume: disk.prefault("5Gi").describe("volume of one Keeper; default 5Gi"),
    databases: z
      .array(database, { error: "a list of databases: { name, engines }" })
      .default([])
      .describe("databases; one that is removed from the list stays on the servers; default none"),
    streams: z
      .array(stream, { error: "a list of streams: { topic, database, table, columns, orderBy }" })
      .default([])
      .describe("topics of Kafka that become tables as they grow; default none"),
    iceberg: mode("read", "off")
      .default("off")
      .describe("whether the catalog's Iceberg tables can be read here, as the database `lakehouse`; default off"),
    limits: section({
      seconds: count(1, 86_400).default(600).describe("longest time of one statement; default 600"),
      statementsPerHour: count(0, 1_000_000_000)
        .default(0)
        .describe("statements of one user in an hour; default 0: no bound"),
    })
      .prefault({})
      .describe("what clients of the stack are held to; a statement may take half of a server's memory"),
    backup: section({
      method: mode("s3", "off").default("s3").describe("copies of all databases in the backups bucket; default s3"),
      schedule: schedule
        .default("15 3 * * *")
        .describe("the first copy of a week is a whole one, others hold what is new; default '15 3 * * *' (UTC)"),
    }).prefault({}),
  }),
);

export type ClickhouseSettings = z.output<typeof clickhouse>;
