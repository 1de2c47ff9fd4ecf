import { spawn } from "node:child_process";
import { constants, userInfo } from "node:os";
import { join } from "node:path";

import { javaHome } from "../sandbox/engines/java-home";
import type { Contents } from "../sandbox/engines/local/archive";
import { backupLocal, restoreLocal, wipeLocal } from "../sandbox/engines/local/backup";
import { ENGINES, isEmpty, stopLocal } from "../sandbox/engines/local/engines";
import { happenedSince, storyOf } from "../sandbox/engines/local/happened";
import { defaultFolder, LocalHome } from "../sandbox/engines/local/home";
import { Refused } from "../sandbox/engines/local/refused";
import { startLocal, type StartOptions } from "../sandbox/engines/local/start";
import { statusOf } from "../sandbox/engines/local/status";
import { trinoClient } from "../sandbox/engines/local/tools";
import { type Client, clients, connect } from "./local/connect";
import { access, commandName, statusTable } from "./local/tables";

// Data, logs and backups are readable by their owner only.
process.umask(0o077);

export interface LocalFlags {
  readonly folder?: string;
}

export interface SqlFlags extends LocalFlags {
  readonly execute?: string;
  readonly file?: string;
  readonly format?: string;
}

/** Formats of Trino's command line. */
const FORMATS = ["ALIGNED", "VERTICAL", "CSV", "TSV", "CSV_HEADER", "TSV_HEADER", "JSON", "MARKDOWN", "AUTO"];

const homeOf = ({ folder }: LocalFlags) => new LocalHome(folder ?? defaultFolder());
const colors = () => process.stdout.isTTY && process.stdout.hasColors();
const count = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;

/** Prints progress to standard error, with the seconds since the start. The result goes to standard output. */
function progress(): (line: string) => void {
  const start = performance.now();
  return (line) => process.stderr.write(`${((performance.now() - start) / 1000).toFixed(0).padStart(4)} s  ${line}\n`);
}

export const local = {
  async start(flags: LocalFlags & StartOptions): Promise<string> {
    const home = homeOf(flags);
    const started = await withReason(home, startLocal(home, progress(), flags));
    return `${started ? "the lakehouse runs" : "the lakehouse runs already"}: ${home.folder}\n${access(home, colors())}`;
  },

  async stop(flags: LocalFlags): Promise<string> {
    const home = homeOf(flags);
    const ended = await stopLocal(home);
    return ended === 0
      ? `nothing runs in ${home.folder}\n`
      : `${count(ended, "engine")} ended, nothing is left running; the data stays in ${home.folder}\n`;
  },

  /** @returns the table, and whether all engines are supervised and queries run */
  async status(
    flags: LocalFlags & { readonly showCredentials?: boolean },
  ): Promise<{ readonly text: string; readonly up: boolean }> {
    const home = homeOf(flags);
    if (isEmpty(home) && home.up.length === 0) {
      return { text: `no lakehouse in ${home.folder} yet: '${commandName()} local start' makes one\n`, up: false };
    }
    const status = await statusOf(home);
    const text = statusTable(home, status, colors(), flags.showCredentials === true);
    return { text, up: status.queries && status.supervised };
  },

  /** Settings for a client program. */
  connect(client: string, flags: LocalFlags & { readonly showCredentials?: boolean }): string {
    const home = homeOf(flags);
    if (!(client in clients)) throw new Refused(`${client}: allowed: ${Object.keys(clients).join(", ")}`);
    if (home.state.ports === undefined) {
      throw new Refused(`no lakehouse in ${home.folder} yet: '${commandName()} local start' makes one`);
    }
    const place = { ports: home.state.ports, logins: home.logins };
    return connect(client as Client, place, flags.showCredentials === true);
  },

  async backup(file: string, flags: LocalFlags): Promise<string> {
    const home = homeOf(flags);
    return `${file}: ${summary(await withReason(home, backupLocal(home, file, progress())))}\n`;
  },

  async restore(file: string, flags: LocalFlags): Promise<string> {
    const home = homeOf(flags);
    const contents = await withReason(home, restoreLocal(home, file, progress()));
    return `${home.folder}: ${summary(contents)} restored; '${commandName()} local start' starts it\n`;
  },

  async wipe(flags: LocalFlags & { readonly yes?: boolean }): Promise<string> {
    const home = homeOf(flags);
    if (flags.yes !== true) {
      throw new Refused(`wipe removes ${home.folder} with all its data; add --yes to confirm`);
    }
    await wipeLocal(home);
    return `${home.folder}: removed\n`;
  },

  /** Runs Trino's command line client. @returns its exit code */
  async sql(flags: SqlFlags): Promise<number> {
    const home = homeOf(flags);
    const format = flags.format?.toUpperCase();
    if (format !== undefined && !FORMATS.includes(format)) {
      throw new Refused(`--format ${flags.format}: allowed: ${FORMATS.join(", ")}`);
    }
    const port = home.state.ports?.trino;
    if (port === undefined || !home.up.includes("trino-coordinator")) {
      throw new Refused(`the lakehouse in ${home.folder} is not running; '${commandName()} local start' starts it`);
    }
    const address = ["--server", `http://127.0.0.1:${port}`, "--catalog", "lakehouse", "--user", userInfo().username];
    const work = [
      ...(flags.execute === undefined ? [] : ["--execute", flags.execute]),
      ...(flags.file === undefined ? [] : ["--file", flags.file]),
    ];
    const shown = work.length === 0 ? "--output-format-interactive" : "--output-format";
    const as = format ?? (process.stdout.isTTY || work.length === 0 ? "ALIGNED" : "CSV");
    const java = join(javaHome(11, 27), "bin", "java");
    // Without a terminal, the client would otherwise print a warning into its output.
    const options = ["-Dorg.jline.terminal.dumb=true"];
    const args = [...options, "-jar", await withReason(home, trinoClient()), ...address, `${shown}=${as}`, ...work];
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
  },
};

const summary = ({ databases, buckets }: Pick<Contents, "databases" | "buckets">) =>
  `${count(databases.length, "database")}, ${count(Object.keys(buckets).length, "bucket")} with ${count(
    Object.values(buckets).reduce((sum, each) => sum + each, 0),
    "object",
  )}`;

/** Prints the engines that failed since a time, because they may be the cause of a failed statement. */
function printEngineFailures({ folder }: LocalHome, since: number): void {
  const events = happenedSince(folder, since);
  for (const [name, { what }] of Object.entries(ENGINES)) {
    const story = storyOf(name, events);
    if (story !== undefined) process.stderr.write(`${what} ${story}\n`);
  }
}

/** Turns a failed engine or download into `Failed`: one line with the reason and the log file. */
async function withReason<T>(home: LocalHome, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Error) || error instanceof Refused) throw error;
    throw new Failed(home, error);
  }
}

/** A failure with valid input: exit code 1. */
export class Failed extends Error {
  constructor(home: LocalHome, error: Error) {
    const [first = "", ...more] = error.message.split("\n").filter((line) => line.trim() !== "");
    const reason = first.endsWith(":") && more.length > 0 ? `${first} ${(more.at(-1) ?? "").trim()}` : first;
    const engine = [...Object.keys(ENGINES), "spark", "supervisor"].find((name) => first.startsWith(name));
    super(`${reason.slice(0, 400)}${engine === undefined ? "" : `; its log: ${join(home.folder, `${engine}.log`)}`}`);
  }
}
