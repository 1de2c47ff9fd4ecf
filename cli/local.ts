import { spawn } from "node:child_process";
import { constants, userInfo } from "node:os";
import { join } from "node:path";

import { javaHome } from "../sandbox/engines/java-home";
import { isEmpty, isUp, startLocal, statusOf, stopLocal } from "../sandbox/engines/local/engines";
import { backupLocal, type Contents, restoreLocal, wipeLocal } from "../sandbox/engines/local/backup";
import { defaultFolder, LocalHome, Refused } from "../sandbox/engines/local/home";
import { trinoClient } from "../sandbox/engines/local/tools";
import { access, statusTable } from "./local/tables";

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

/** Lines on the way, with the seconds since the command began; the result itself goes to standard output. */
function progress(): (line: string) => void {
  const start = performance.now();
  return (line) => process.stderr.write(`${((performance.now() - start) / 1000).toFixed(0).padStart(4)} s  ${line}\n`);
}

export const local = {
  async start(flags: LocalFlags): Promise<string> {
    const home = homeOf(flags);
    const started = await named(home, startLocal(home, progress()));
    return `${started ? "the lakehouse runs" : "the lakehouse runs already"}: ${home.folder}\n${access(home, colors())}`;
  },

  async stop(flags: LocalFlags): Promise<string> {
    const home = homeOf(flags);
    const ended = await stopLocal(home);
    return ended === 0
      ? `nothing runs in ${home.folder}\n`
      : `${count(ended, "engine")} ended, nothing is left running; the data stays in ${home.folder}\n`;
  },

  /** @returns also whether all of it runs */
  status(flags: LocalFlags & { readonly showCredentials?: boolean }): { readonly text: string; readonly up: boolean } {
    const home = homeOf(flags);
    if (isEmpty(home) && home.up.length === 0) {
      return { text: `no lakehouse in ${home.folder} yet: 'lakehouse local start' makes one\n`, up: false };
    }
    return { text: statusTable(home, statusOf(home), colors(), flags.showCredentials === true), up: isUp(home) };
  },

  async backup(file: string, flags: LocalFlags): Promise<string> {
    const home = homeOf(flags);
    return `${file}: ${summary(await named(home, backupLocal(home, file, progress())))}\n`;
  },

  async restore(file: string, flags: LocalFlags): Promise<string> {
    const home = homeOf(flags);
    const contents = await named(home, restoreLocal(home, file, progress()));
    return `${home.folder}: ${summary(contents)} restored; 'lakehouse local start' starts it\n`;
  },

  async wipe(flags: LocalFlags & { readonly yes?: boolean }): Promise<string> {
    const home = homeOf(flags);
    if (flags.yes !== true) {
      throw new Refused(`wipe removes ${home.folder} with all its data; if it is meant, add --yes`);
    }
    await wipeLocal(home);
    return `${home.folder}: nothing is left of it\n`;
  },

  /** Trino's own command line. @returns its exit code */
  async sql(flags: SqlFlags): Promise<number> {
    const home = homeOf(flags);
    const format = flags.format?.toUpperCase();
    if (format !== undefined && !FORMATS.includes(format)) {
      throw new Refused(`--format ${flags.format}: allowed: ${FORMATS.join(", ")}`);
    }
    const port = home.state.ports?.trino;
    if (port === undefined || !isUp(home)) {
      throw new Refused(`the lakehouse in ${home.folder} does not run; 'lakehouse local start' starts it`);
    }
    const address = ["--server", `http://127.0.0.1:${port}`, "--catalog", "lakehouse", "--user", userInfo().username];
    const work = [
      ...(flags.execute === undefined ? [] : ["--execute", flags.execute]),
      ...(flags.file === undefined ? [] : ["--file", flags.file]),
    ];
    const shown = work.length === 0 ? "--output-format-interactive" : "--output-format";
    const as = format ?? (process.stdout.isTTY || work.length === 0 ? "ALIGNED" : "CSV");
    const java = join(javaHome(11, 27), "bin", "java");
    // Without a terminal it would say so in the answer.
    const options = ["-Dorg.jline.terminal.dumb=true"];
    const args = [...options, "-jar", await named(home, trinoClient()), ...address, `${shown}=${as}`, ...work];
    const child = spawn(java, args, {
      stdio: "inherit",
      env: { ...process.env, TRINO_HISTORY_FILE: join(home.folder, "sql-history") },
    });
    // Ctrl-C cancels the statement there; here it must not end what waits for it.
    process.on("SIGINT", () => undefined);
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => {
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
      });
    });
  },
};

const summary = ({ databases, buckets }: Contents) =>
  `${count(databases.length, "database")}, ${count(Object.keys(buckets).length, "bucket")} with ${count(
    Object.values(buckets).reduce((sum, each) => sum + each, 0),
    "object",
  )}`;

/** An engine that fails, a download that is refused: the first line of why, and where the rest is. */
async function named<T>(home: LocalHome, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Error) || error instanceof Refused) throw error;
    throw new Failed(home, error);
  }
}

/** Exit code 1: the input was right. */
export class Failed extends Error {
  constructor(home: LocalHome, error: Error) {
    const [first = "", ...more] = error.message.split("\n").filter((line) => line.trim() !== "");
    const reason = first.endsWith(":") && more.length > 0 ? `${first} ${(more.at(-1) ?? "").trim()}` : first;
    const engine = statusOf(home).find(({ name }) => first.startsWith(name))?.name;
    super(`${reason.slice(0, 400)}${engine === undefined ? "" : `; its log: ${join(home.folder, `${engine}.log`)}`}`);
  }
}
