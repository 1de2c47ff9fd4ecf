import { z } from "zod";

import { formatBytes, MiB } from "../../core/quantity";
import { disabled, image } from "../../fields/common";
import { cores, count, disk, dnsLabel, memory, mode, poolChoice, section, withDefaults } from "../../fields/fields";
import type { Mistake } from "../../fields/mistakes";

/** Settings of functions: what each cleans, by which rules, and how its events are delivered. */

const NAME = "a name of lower-case letters, digits and '-', beginning with a letter, at most 30";
const COLUMN = "a name as it is after cleaning: lower-case letters, digits and '_', such as order_id";
const TYPE = "text, integer, number, boolean, date, timestamp, or decimal(18,2) with at most 38 digits";
const PREFIX = "the beginning of keys that ends in '/', such as incoming/orders/";

const column = z.string({ error: COLUMN }).regex(/^[a-z_][a-z0-9_]{0,127}$/, { error: COLUMN });
const type = z
  .string({ error: TYPE })
  .regex(/^(?:text|integer|number|boolean|date|timestamp|decimal\(\d{1,2},\d{1,2}\))$/, { error: TYPE })
  .refine((text) => digitsFit(text), { error: TYPE });
const columns = (what: string) => z.array(column, { error: "a list of columns" }).default([]).describe(what);
const prefix = z.string({ error: PREFIX }).regex(/^[A-Za-z0-9][A-Za-z0-9._=/-]{0,200}\/$/, { error: PREFIX });

function digitsFit(text: string): boolean {
  const [, precision, scale] = /^decimal\((\d+),(\d+)\)$/.exec(text) ?? [];
  if (precision === undefined) return true;
  return Number(precision) >= 1 && Number(precision) <= 38 && Number(scale) <= Number(precision);
}

const rules = section({
  columns: z
    .record(column, type, { error: "types by column: { id: integer, price: decimal(9,2) }" })
    .default({})
    .describe("types by column; the values of others are text; default none"),
  required: columns("columns without which a record is bad; default none"),
  key: columns("columns that tell records apart: of several with the same values the first stays; default all columns"),
  nulls: z
    .array(z.string().max(64), { error: "a list of texts" })
    .default(["", "null", "none", "na", "n/a", "nan", "-"])
    .describe("texts that mean no value, in any case; default '', null, none, na, n/a, nan, -"),
  others: mode("keep", "drop").default("keep").describe("what becomes of columns without a type; default keep"),
  mostBad: z
    .number({ error: "0 to 1" })
    .min(0, { error: "0 to 1" })
    .max(1, { error: "0 to 1" })
    .default(0.1)
    .describe("share of bad records above which a whole object goes to quarantine; default 0.1"),
  delimiter: z
    .string()
    .regex(/^[^"\n\r]$/, { error: "one character" })
    .default(",")
    .describe("of csv; default a comma"),
})
  .prefault({})
  .describe("what a clean record is");

const item = section({
  from: prefix.describe(
    "objects of bronze that it cleans: the beginning of their keys, of which MinIO tells its topic",
  ),
  to: prefix.describe("part of silver that it writes"),
  rules,
  cpu: cores.prefault(0.5).describe("cores of one pod; default 0.5"),
  memory: memory.prefault("1Gi").describe("memory of one pod; default 1Gi"),
  pool: poolChoice,
  least: count(0, 100).default(0).describe("pods that stay where no event comes; default 0"),
  most: count(1, 1000).default(3).describe("pods at the same time; default 3"),
  concurrency: count(1, 100).default(2).describe("events that one pod cleans at the same time; default 2"),
  seconds: count(10, 3600).default(300).describe("seconds that one event may take; default 300"),
  retries: count(0, 100).default(8).describe("tries after the first one, before an event is a dead letter; default 8"),
  backoffSeconds: count(1, 3600).default(2).describe("wait before the first of them, which each doubles; default 2"),
  consumers: count(1, 100)
    .default(1)
    .describe("readers of its topic, which has as many partitions, three at least; default 1"),
  maxSize: disk
    .refine((bytes) => bytes <= 2 * 2 ** 30, { error: "1Mi to 2Gi" })
    .prefault("64Mi")
    .describe("size of an object that a pod cleans; a larger one goes to quarantine, or to Spark; default 64Mi"),
  large: mode("quarantine", "spark")
    .default("quarantine")
    .describe("what becomes of a larger one: quarantine, or a SparkApplication that cleans it; default quarantine"),
});
export type FunctionSettings = z.output<typeof item>;

export const knative = withDefaults(
  section({
    enabled: disabled,
    image: image.describe(
      "the image that is built from pipelines/functions/cleaning; needed where it is on: nobody publishes one",
    ),
    servingNamespace: dnsLabel
      .default("knative-serving")
      .describe("namespace of the cluster's Knative Serving; default knative-serving"),
    eventingNamespace: dnsLabel
      .default("knative-eventing")
      .describe("namespace of the cluster's Knative Eventing, with its Kafka source; default knative-eventing"),
    deadLetters: section({
      days: count(1, 3650).default(30).describe("days that dead letters are kept; default 30"),
      cpu: cores.prefault(0.1).describe("cores of the pod that keeps them; default 0.1"),
      memory: memory.prefault("128Mi").describe("memory of the pod that keeps them; default 128Mi"),
      pool: poolChoice,
    })
      .prefault({})
      .describe("events that no try could finish"),
    functions: z
      .record(z.string({ error: NAME }).regex(/^[a-z](?:[-a-z0-9]{0,28}[a-z0-9])?$/, { error: NAME }), item, {
        error: "functions by name: { orders: { from: incoming/orders/, to: orders/ } }",
      })
      .default({})
      .describe("cleaning functions by name; default none"),
  }),
).describe("functions that clean objects as they arrive, on the cluster's Knative");

export type KnativeSettings = z.output<typeof knative>;

const PATH = "lakehouse:streaming.knative";
/** Python with pyarrow. */
const LEAST = 256 * MiB;
/** Records as Python keeps them take several times the bytes of their file. */
const TIMES = 6;
/** Of the function `dead-letters`, which is the service of dead letters. */
const RESERVED = "dead-letters";

export function* complete({ enabled, image: own, functions }: KnativeSettings): Generator<Mistake> {
  if (!enabled) return;
  if (own === undefined)
    yield {
      path: `${PATH}.image`,
      message: "not given; allowed: the image that you have built from pipelines/functions/cleaning and pushed",
    };
  if (Object.keys(functions).length === 0)
    yield { path: `${PATH}.functions`, message: "given none while enabled is true; allowed: at least one function" };
  for (const [name, each] of Object.entries(functions))
    for (const [key, message] of mistakesOf(name, each)) yield { path: `${PATH}.functions.${name}${key}`, message };
}

function* mistakesOf(name: string, one: FunctionSettings): Generator<readonly [key: string, message: string]> {
  if (name === RESERVED) yield ["", `given ${RESERVED}, the service that keeps dead letters; allowed: another name`];
  if (one.least > one.most)
    yield [".least", `given ${String(one.least)}; allowed: at most ${String(one.most)}, its most`];
  const needed = LEAST + one.concurrency * one.maxSize * TIMES;
  if (one.memory < LEAST)
    yield [
      ".memory",
      `given ${formatBytes(one.memory)}; allowed: at least ${formatBytes(LEAST)}, or a pod has no room for its libraries`,
    ];
  else if (one.memory < needed)
    yield [
      ".memory",
      `given ${formatBytes(one.memory)}; allowed: at least ${formatBytes(needed)} for ${String(one.concurrency)} objects of ${formatBytes(one.maxSize)} at the same time, or a smaller maxSize or concurrency`,
    ];
  for (const key of ["required", "key"] as const)
    for (const column of one.rules[key])
      if (!Object.hasOwn(one.rules.columns, column))
        yield [`.rules.${key}`, `given "${column}"; allowed: one of rules.columns`];
}
