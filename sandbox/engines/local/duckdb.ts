import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { GiB, MiB } from "../../../components/core/quantity";
import { startOf } from "../../core/processes";
import { SERVICE } from "../query-api/service";
import type { LocalHome } from "./home";

/** Limits of one statement of DuckDB. */
export interface DuckLimits {
  /** Bytes of memory; four times as much of disk. */
  readonly memory: number;
  readonly seconds: number;
  readonly rows: number;
}

export const LIMITS: DuckLimits = { memory: GiB, seconds: 300, rows: 10_000 };
/** Bytes of the process besides what DuckDB counts. */
const BESIDES = GiB;

/** A value: a text, or an object with its kind, as `python/duck_sql.py` says. */
export type Cell =
  | null
  | boolean
  | string
  | { readonly number: string }
  | { readonly bytes: string }
  | { readonly list: readonly Cell[] }
  | { readonly map: readonly (readonly [Cell, Cell])[] };

export interface Column {
  readonly name: string;
  /** Whether its values are numbers, which are aligned right. */
  readonly numeric: boolean;
}

/** Receives a result, part by part. */
export interface DuckResult {
  readonly columns: (columns: readonly Column[]) => void;
  readonly rows: (rows: readonly (readonly Cell[])[]) => void;
}

/** The end of a statement: that all rows are there, or not, or why it failed. */
export type DuckEnd = { readonly truncated: boolean } | { readonly failed: string };

type Line =
  | { readonly columns: readonly Column[] }
  | { readonly rows: readonly (readonly Cell[])[] }
  | { readonly truncated: true }
  | { readonly error: { readonly what: string; readonly allowed: string } };

/** Engines that it needs: it reads tables by the catalog, and files from the object store. */
export const DUCKDB_NEEDS = ["minio", "postgres", "rest-catalog"] as const;

/**
 * Runs one statement over the tables of the local catalog and the objects of the local store. It changes nothing.
 * @param packages folder of Python's packages with DuckDB
 * @param interrupted ends it
 */
export async function duckSql(
  home: Pick<LocalHome, "folder" | "state" | "logins">,
  packages: string,
  sql: string,
  limits: DuckLimits,
  interrupted: AbortSignal,
  result: DuckResult,
): Promise<DuckEnd> {
  const spill = spillFolder(home.folder);
  const child = spawn(join(packages, "bin", "python"), [SCRIPT], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...variables(home, packages, limits, spill) },
  });
  const exit = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      resolve(code ?? signal ?? 1);
    });
  });
  // One that ends before it reads closes the pipe.
  child.stdin.on("error", () => undefined);
  // Left open: its end tells the process that this one has ended.
  child.stdin.write(`${JSON.stringify({ sql })}\n`);
  interrupted.addEventListener("abort", () => child.kill("SIGKILL"));
  try {
    let end: DuckEnd = { truncated: false };
    for await (const text of createInterface({ input: child.stdout })) {
      const line = JSON.parse(text) as Line;
      if ("columns" in line) result.columns(line.columns);
      else if ("rows" in line) result.rows(line.rows);
      else
        end = "error" in line ? { failed: `${line.error.what}; allowed: ${line.error.allowed}` } : { truncated: true };
    }
    const code = await exit;
    if (interrupted.aborted) return { failed: "interrupted" };
    return code === 0 || "failed" in end ? end : { failed: `DuckDB's process ended with ${String(code)}` };
  } finally {
    child.kill("SIGKILL");
    rmSync(spill, { recursive: true, force: true });
  }
}

const SCRIPT = join(__dirname, "..", "python", "duck_sql.py");

/** A folder of this process, beside which those of processes that were killed are removed. */
function spillFolder(home: string): string {
  const all = join(home, "duckdb");
  mkdirSync(all, { recursive: true });
  for (const each of readdirSync(all))
    if (startOf(Number(each)) === undefined) rmSync(join(all, each), { recursive: true, force: true });
  return join(all, String(process.pid));
}

/** Variables of the query API's settings, for DuckDB alone. */
export function variables(
  { state: { ports }, logins }: Pick<LocalHome, "state" | "logins">,
  packages: string,
  { memory, seconds, rows }: DuckLimits,
  spill: string,
): Record<string, string> {
  const store = logins.find(({ name }) => name === "spark-s3");
  const lib = join(packages, "lib");
  const [python = ""] = existsSync(lib) ? readdirSync(lib) : [];
  const own = {
    // Asked of every service, and used by none without callers.
    CALLER_HEADER: "X-Forwarded-User",
    DUCKDB: "on",
    DUCKDB_MEMORY: mebibytes(memory),
    DUCKDB_THREADS: String(availableParallelism()),
    DUCKDB_SLOTS: "1",
    DUCKDB_SPILL: spill,
    DUCKDB_SPILL_BYTES: mebibytes(4 * memory),
    DUCKDB_EXTENSIONS: join(lib, python),
    DUCKDB_DIRECTORIES: JSON.stringify(["s3://"]),
    DUCKDB_CATALOGS: JSON.stringify({
      lakehouse: { endpoint: `http://127.0.0.1:${String(ports?.rest)}/iceberg`, warehouse: "s3://warehouse/" },
    }),
    S3_ENDPOINT: `http://127.0.0.1:${String(ports?.s3)}`,
    S3_KEY: store?.user ?? "",
    S3_SECRET: store?.password ?? "",
    DEFAULT_ROWS: String(rows),
    MAX_ROWS: String(rows),
    MAX_SECONDS: String(seconds),
    PROCESS_MEMORY: mebibytes(memory + BESIDES),
  };
  return {
    ...Object.fromEntries(Object.entries(own).map(([name, value]) => [`QUERY_API_${name}`, value])),
    PYTHONPATH: SERVICE,
    PYTHONDONTWRITEBYTECODE: "1",
    // Times with a zone are shown in UTC, as Trino's are here.
    TZ: "UTC",
  };
}

const mebibytes = (bytes: number) => `${String(Math.max(1, Math.floor(bytes / MiB)))}Mi`;
