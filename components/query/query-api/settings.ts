import { z } from "zod";

import { formatBytes, MiB } from "../../core/quantity";
import { disabled, image } from "../../fields/common";
import { count, disk, memory, section, size, withDefaults } from "../../fields/fields";
import type { Mistake } from "../../fields/mistakes";

const HEADER = "a header's name, such as X-Forwarded-User";
const SECRET = "the name of a Secret: lower-case letters, digits and '-'";

export const queryApi = withDefaults(
  section({
    enabled: disabled,
    image: image.describe(
      "the image that is built from services/query-api; needed where it is on: nobody publishes one",
    ),
    server: size({ replicas: 2, cpu: 0.5, memory: "768Mi" }).describe("each serves any page of any query of Trino"),
    callers: section({
      header: z
        .string({ error: HEADER })
        .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, { error: HEADER })
        .default("X-Forwarded-User")
        .describe("header with the caller's name, which the proxy in front sets; default X-Forwarded-User"),
      tokens: z
        .string({ error: SECRET })
        .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, { error: SECRET })
        .optional()
        .describe(
          "Secret in the namespace of queries whose key tokens.json names callers by hashes of tokens: then no header is believed; default none",
        ),
    }).prefault({}),
    limits: section({
      rows: count(1, 100_000_000).default(100_000).describe("rows of one result; default 100000"),
      bytes: memory.prefault("64Mi").describe("size of one result; default 64Mi"),
      seconds: count(1, 86_400).default(300).describe("how long one query may take, in seconds; default 300"),
      queriesPerMinute: count(0, 1_000_000).default(120).describe("of one caller; 0 for no end; default 120"),
    }).prefault({}),
    cacheSeconds: count(0, 86_400)
      .default(60)
      .describe("how long small results are kept for their caller, in seconds; 0 for never; default 60"),
    duckdb: section({
      enabled: disabled,
      memory: memory.prefault("256Mi").describe("of all its queries in one pod, within the pod's; default 256Mi"),
      queries: count(1, 64).default(2).describe("that run at the same time in one pod; default 2"),
      spill: disk.prefault("1Gi").describe("scratch disk of one pod for what its memory does not hold; default 1Gi"),
    })
      .prefault({})
      .describe("DuckDB in the same pods, over the Iceberg tables: for small tables it takes no worker of Trino's"),
  }),
).describe("SQL over HTTP for programs: one read-only statement at a time");

export type QueryApiSettings = z.output<typeof queryApi>;

const PATH = "lakehouse:query.queryApi";

/** Python with its libraries, and the pages that it has at the same time. */
export const PYTHON = 384 * MiB;

export function* complete({ enabled, image: own, server, duckdb }: QueryApiSettings): Generator<Mistake> {
  if (!enabled) return;
  if (own === undefined)
    yield {
      path: `${PATH}.image`,
      message: "not given; allowed: the image that you have built from services/query-api and pushed",
    };
  const least = PYTHON + duckdb.memory;
  if (duckdb.enabled && server.memory < least)
    yield {
      path: `${PATH}.server.memory`,
      message: `given ${formatBytes(server.memory)}, of which DuckDB's queries take ${formatBytes(duckdb.memory)}; allowed: at least ${formatBytes(least)}, or a smaller duckdb.memory`,
    };
}
