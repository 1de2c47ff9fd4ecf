import { z } from "zod";

import { formatBytes, MiB } from "../../core/quantity";
import { disabled, image } from "../../fields/common";
import { cores, memory, poolChoice, section, withDefaults } from "../../fields/fields";
import type { Mistake } from "../../fields/mistakes";
import { type Item, item, type Jdbc } from "./items";

const NAME = "a name of lower-case letters, digits and '-', beginning with a letter, at most 30";

export const sources = withDefaults(
  section({
    enabled: disabled,
    image: image.describe("the image that is built from services/sources; needed where it is on: nobody publishes one"),
    job: section({
      cpu: cores.prefault(0.2).describe("cores of one job; default 0.2"),
      memory: memory.prefault("512Mi").describe("memory of one job; default 512Mi"),
      pool: poolChoice,
    })
      .prefault({})
      .describe("size of each source's job"),
    items: z
      .record(z.string({ error: NAME }).regex(/^[a-z](?:[-a-z0-9]{0,28}[a-z0-9])?$/, { error: NAME }), item, {
        error: "sources by name: { prices: { kind: http, … } }",
      })
      .default({})
      .describe("sources by name, each a job of its own: kind http, s3, jdbc or files; default none"),
  }),
).describe("batches of other systems' data, landed in bronze as they are, each once");

export type SourcesSettings = z.output<typeof sources>;

const PATH = "lakehouse:orchestration.sources";

/** Python with its libraries, and what a format holds at the same time. */
const LEAST = 256 * MiB;

export function* complete({ enabled, image: own, job, items }: SourcesSettings): Generator<Mistake> {
  if (!enabled) return;
  if (own === undefined)
    yield {
      path: `${PATH}.image`,
      message: "not given; allowed: the image that you have built from services/sources and pushed",
    };
  if (job.memory < LEAST)
    yield {
      path: `${PATH}.job.memory`,
      message: `given ${formatBytes(job.memory)}; allowed: at least ${formatBytes(LEAST)}, or a job has no room for its libraries`,
    };
  if (Object.keys(items).length === 0)
    yield { path: `${PATH}.items`, message: "given none while enabled is true; allowed: at least one source" };
  for (const [name, each] of Object.entries(items))
    for (const [key, message] of mistakesOf(each)) yield { path: `${PATH}.items.${name}.${key}`, message };
}

type Told = readonly [key: string, message: string];

function* mistakesOf(one: Item): Generator<Told> {
  if (one.kind === "http" && one.auth !== "none" && one.secret === undefined)
    yield ["secret", `not given with auth ${one.auth}; allowed: the name of a Secret with ${KEYS[one.auth]}`];
  if (one.kind === "http" && one.auth === "none" && one.secret !== undefined)
    yield ["auth", "given none with a secret; allowed: basic or bearer, or no secret"];
  if (one.kind === "jdbc") yield* ofDatabase(one);
}

const KEYS = { basic: "the keys user and password", bearer: "the key token" } as const;

function* ofDatabase({ store, url, database, cidrs, secret, table, query, tables }: Jdbc): Generator<Told> {
  if ((store === undefined) === (url === undefined))
    yield ["url", "allowed: either a store of this stack or the url of a database elsewhere"];
  if ((table === undefined) === (query === undefined)) yield ["table", "allowed: either a table or a query"];
  if (store !== undefined && database === undefined)
    yield ["database", `not given with store ${store}; allowed: the name of its database`];
  if (store === "postgres" && query !== undefined && table === undefined && tables.length === 0)
    yield ["tables", "given none with a query of store postgres; allowed: the tables that the query reads"];
  if (store !== undefined && url === undefined && (secret ?? cidrs) !== undefined)
    yield [secret === undefined ? "cidrs" : "secret", `given with store ${store}, of which it is made; allowed: none`];
  if (url === undefined || store !== undefined) return;
  if (cidrs === undefined) yield ["cidrs", "not given with a url; allowed: the addresses of its host"];
  if (secret === undefined)
    yield ["secret", "not given with a url; allowed: the name of a Secret with the keys user and password"];
}
