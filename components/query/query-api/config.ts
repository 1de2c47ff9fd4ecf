import { MiB } from "../../core/quantity";
import type { QueryApiSettings } from "./settings";

/** What the service is told, as pure functions of sizes and addresses. Secrets come from elsewhere. */

export const PORT = 8080;
export const KEY_PREFIX = "query-api:";
export const SPILL_DIRECTORY = "/data/spill";
export const TOKENS_DIRECTORY = "/opt/lakehouse/tokens";
/** How long a pod that is told to end is not ready and still answers: until nobody sends requests to it. */
export const DRAIN_SECONDS = 10;
/** How long one request waits for rows. */
export const WAIT_SECONDS = 10;
/** Until the last answers are out. */
export const GRACE_SECONDS = DRAIN_SECONDS + WAIT_SECONDS + 20;

/** The stack around it. */
export interface Around {
  /** `http://trino.lakehouse-query.svc:8080` */
  readonly trino: string;
  readonly catalog: string;
  /** `redis://valkey.lakehouse-storage.svc:6379` @default each replica counts and keeps results by itself */
  readonly cache?: string;
  /** Tables and objects for DuckDB. @default it is off */
  readonly lake?: Lake;
}

export interface Lake {
  readonly restUrl: string;
  readonly warehouse: string;
  readonly s3Url: string;
  readonly region: string;
  /** Real names of the buckets that it may read. */
  readonly buckets: readonly string[];
}

/** Variables of the container that are no secrets. */
export function environment(settings: QueryApiSettings, limit: number, around: Around): Record<string, string> {
  const { callers, limits, duckdb } = settings;
  const { lake } = around;
  return prefixed({
    PORT,
    ...(callers.tokens === undefined
      ? { CALLER_HEADER: callers.header }
      : { CALLER_TOKENS: `${TOKENS_DIRECTORY}/tokens.json` }),
    TRINO_URL: around.trino,
    TRINO_CATALOG: around.catalog,
    MAX_ROWS: limits.rows,
    DEFAULT_ROWS: Math.min(limits.rows, 10_000),
    MAX_BYTES: mebibytes(limits.bytes),
    MAX_SECONDS: limits.seconds,
    WAIT_SECONDS,
    DRAIN_SECONDS,
    RATE_PER_MINUTE: limits.queriesPerMinute,
    CACHE_SECONDS: settings.cacheSeconds,
    ...(around.cache === undefined ? {} : { CACHE_URL: around.cache, CACHE_PREFIX: KEY_PREFIX }),
    // What grows beyond it fails as an error of its query; beyond the pod's limit the pod would end with all of them.
    PROCESS_MEMORY: mebibytes(0.9 * limit),
    ...(lake === undefined
      ? {}
      : {
          DUCKDB: "on",
          DUCKDB_MEMORY: mebibytes(duckdb.memory),
          DUCKDB_THREADS: Math.max(1, Math.ceil(settings.server.cpu)),
          DUCKDB_SLOTS: duckdb.queries,
          DUCKDB_SPILL: SPILL_DIRECTORY,
          DUCKDB_SPILL_BYTES: mebibytes(0.9 * duckdb.spill),
          DUCKDB_CATALOGS: JSON.stringify({ [around.catalog]: { endpoint: lake.restUrl, warehouse: lake.warehouse } }),
          DUCKDB_DIRECTORIES: JSON.stringify(lake.buckets.map((bucket) => `s3://${bucket}/`)),
          S3_ENDPOINT: lake.s3Url,
          S3_REGION: lake.region,
        }),
  });
}

const prefixed = (values: Readonly<Record<string, string | number>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`QUERY_API_${name}`, String(value)]));

const mebibytes = (bytes: number) => `${String(Math.max(1, Math.floor(bytes / MiB)))}Mi`;
