import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants, userInfo } from "node:os";
import { join } from "node:path";

import { formatBytes, MiB, parseBytes } from "../../components/core/quantity";
import { systemReason } from "../../inputs/input-error";
import { javaHome } from "../../sandbox/engines/java-home";
import { type Cell, DUCKDB_NEEDS, type DuckLimits, duckSql, LIMITS } from "../../sandbox/engines/local/duckdb";
import { enginesOf } from "../../sandbox/engines/local/base";
import { happenedSince, storyOf } from "../../sandbox/engines/local/happened";
import type { LocalHome } from "../../sandbox/engines/local/home";
import { thisMachine } from "../../sandbox/engines/local/memory";
import { Refused } from "../../sandbox/engines/local/refused";
import { duckdbPackages, trinoClient } from "../../sandbox/engines/local/tools";
import { withReason } from "./failed";
import { type Form, form, type FormName, FORMS } from "./forms";
import { commandName } from "./tables";

const SQL_ENGINES = ["trino", "duckdb"] as const;

export interface SqlOptions {
  readonly engine?: string;
  readonly execute?: string;
  readonly file?: string;
  readonly format?: string;
  readonly maxMemory?: string;
  readonly maxSeconds?: string;
  readonly maxRows?: string;
}

/** Runs statements with the engine that the options name. @returns the exit code */
export async function sql(home: LocalHome, options: SqlOptions): Promise<number> {
  const { engine = "trino", format } = options;
  const name = format?.toUpperCase() as FormName | undefined;
  if (name !== undefined && !FORMS.includes(name))
    throw new Refused(`--format ${format}: allowed: ${FORMS.join(", ")}`);
  switch (engine) {
    case "trino":
      return trinoSql(home, options, name);
    case "duckdb":
      return duckdbSql(home, options, name);
    default:
      throw new Refused(`--engine ${engine}: allowed: ${SQL_ENGINES.join(", ")}`);
  }
}

function mustRun(home: LocalHome, engines: readonly string[]): void {
  if (home.state.ports !== undefined && engines.every((engine) => home.up.includes(engine))) return;
  throw new Refused(`the lakehouse in ${home.folder} is not running; '${commandName()} local start' starts it`);
}

/** Runs Trino's command line client. */
async function trinoSql(home: LocalHome, options: SqlOptions, format: FormName | undefined): Promise<number> {
  const { execute, file } = options;
  for (const [flag, value] of Object.entries(limitFlags(options)))
    if (value !== undefined) throw new Refused(`${flag} ${value}: allowed: with --engine duckdb only`);
  mustRun(home, ["trino-coordinator"]);
  const url = `http://127.0.0.1:${String(home.state.ports?.trino)}`;
  const address = ["--server", url, "--catalog", "lakehouse", "--user", userInfo().username];
  const work = [
    ...(execute === undefined ? [] : ["--execute", execute]),
    ...(file === undefined ? [] : ["--file", file]),
  ];
  const shown = work.length === 0 ? "--output-format-interactive" : "--output-format";
  const as = format ?? defaultFormat(work.length === 0);
  const java = join(javaHome(11, 27), "bin", "java");
  // Without a terminal, the client would otherwise print a warning into its output.
  const jvm = ["-Dorg.jline.terminal.dumb=true"];
  const args = [...jvm, "-jar", await withReason(home, trinoClient()), ...address, `${shown}=${as}`, ...work];
  const child = spawn(java, args, {
    stdio: "inherit",
    env: { ...process.env, TRINO_HISTORY_FILE: join(home.folder, "sql-history") },
  });
  const began = Date.now();
  // Ctrl-C cancels the statement in the client; this process must keep waiting for it.
  process.on("SIGINT", () => undefined);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code !== 0) printEngineFailures(home, began);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

const defaultFormat = (interactive: boolean): FormName => (process.stdout.isTTY || interactive ? "ALIGNED" : "CSV");

/** Rows that are shown together: as wide as the widest of them. */
const TOGETHER = 10_000;

/** Runs one statement of DuckDB, and prints its rows as Trino's client would. */
async function duckdbSql(home: LocalHome, options: SqlOptions, format = defaultFormat(false)): Promise<number> {
  const limits = limitsOf(options);
  const statement = statementOf(options);
  mustRun(home, DUCKDB_NEEDS);
  const packages = await withReason(home, duckdbPackages());
  const began = Date.now();
  const interrupt = new AbortController();
  process.on("SIGINT", () => {
    interrupt.abort();
  });
  let shown: Form | undefined;
  let waiting: (readonly Cell[])[] = [];
  const write = (text: string | undefined) => process.stdout.write(text ?? "");
  const end = await duckSql(home, packages, statement, limits, interrupt.signal, {
    columns(columns) {
      shown = form(format, columns, process.stdout.columns);
    },
    rows(rows) {
      waiting.push(...rows);
      if (waiting.length < TOGETHER) return;
      write(shown?.rows(waiting, false));
      waiting = [];
    },
  });
  if ("failed" in end) {
    process.stderr.write(`${end.failed}\n`);
    printEngineFailures(home, began);
    return interrupt.signal.aborted ? 128 + constants.signals.SIGINT : 1;
  }
  write(shown?.rows(waiting, true));
  write(shown?.end());
  if (end.truncated) process.stderr.write(`only the first ${String(limits.rows)} rows; --max-rows allows more\n`);
  return 0;
}

const limitFlags = ({ maxMemory, maxSeconds, maxRows }: SqlOptions) => ({
  "--max-memory": maxMemory,
  "--max-seconds": maxSeconds,
  "--max-rows": maxRows,
});

const LEAST_MEMORY = 64 * MiB;

/** @throws Refused with a line for each limit that is not allowed */
export function limitsOf({ maxMemory, maxSeconds, maxRows }: SqlOptions, { memory } = thisMachine()): DuckLimits {
  const mistakes: string[] = [];
  const whole = (flag: string, text: string | undefined, most: number, otherwise: number) => {
    const number = text === undefined ? otherwise : /^\d+$/.test(text) ? Number(text) : NaN;
    if (!(number >= 1 && number <= most))
      mistakes.push(`${flag} ${String(text)}: allowed: a whole number from 1 to ${String(most)}`);
    return number;
  };
  const bytes = maxMemory === undefined ? LIMITS.memory : parseBytes(maxMemory);
  if (bytes === undefined || bytes < LEAST_MEMORY || bytes > memory) {
    const most = formatBytes(Math.floor(memory / MiB) * MiB);
    mistakes.push(
      `--max-memory ${String(maxMemory)}: allowed: from ${formatBytes(LEAST_MEMORY)} to ${most}, such as 2Gi`,
    );
  }
  const limits = {
    memory: bytes ?? 0,
    seconds: whole("--max-seconds", maxSeconds, 86_400, LIMITS.seconds),
    rows: whole("--max-rows", maxRows, 100_000_000, LIMITS.rows),
  };
  if (mistakes.length > 0) throw new Refused(mistakes.join("\n"));
  return limits;
}

/** The one statement of `-e` or `-f`. @throws Refused */
export function statementOf({ execute, file }: SqlOptions): string {
  if (execute !== undefined && file === undefined) return execute;
  if (execute !== undefined || file === undefined) {
    const given = file === undefined ? "neither -e nor -f" : "-e and -f";
    throw new Refused(`--engine duckdb: given ${given}; allowed: one of them, because it has no prompt`);
  }
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Refused(`-f ${file}: ${systemReason(error) ?? String(error)}; allowed: a file that can be read`);
  }
}

/** Prints the engines that failed since a time, because they may be the cause of a failed statement. */
function printEngineFailures(home: LocalHome, since: number): void {
  const events = happenedSince(home.folder, since);
  for (const [name, { what }] of Object.entries(enginesOf(home))) {
    const story = storyOf(name, events);
    if (story !== undefined) process.stderr.write(`${what} ${story}\n`);
  }
}
