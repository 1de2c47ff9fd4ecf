import type { Contents } from "../sandbox/engines/local/archive";
import { backupLocal, restoreLocal, wipeLocal } from "../sandbox/engines/local/backup";
import { isEmpty, stopLocal } from "../sandbox/engines/local/engines";
import { defaultFolder, LocalHome } from "../sandbox/engines/local/home";
import { Refused } from "../sandbox/engines/local/refused";
import { startLocal, type StartOptions } from "../sandbox/engines/local/start";
import { statusOf } from "../sandbox/engines/local/status";
import { type Client, clients, connect } from "./local/connect";
import { withReason } from "./local/failed";
import { sql, type SqlOptions } from "./local/sql";
import { access, commandName, statusTable } from "./local/tables";
import { coloured } from "./terminal";

export { Failed } from "./local/failed";

// Data, logs and backups are readable by their owner only.
process.umask(0o077);

export interface LocalFlags {
  readonly folder?: string;
}

export type SqlFlags = LocalFlags & SqlOptions;

const homeOf = ({ folder }: LocalFlags) => new LocalHome(folder ?? defaultFolder());
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
    return `${started ? "the lakehouse runs" : "the lakehouse runs already"}: ${home.folder}\n${access(home, coloured())}`;
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
    const text = statusTable(home, status, coloured(), flags.showCredentials === true);
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

  /** Runs statements with the engine that the flags name. @returns the exit code */
  sql: (flags: SqlFlags): Promise<number> => sql(homeOf(flags), flags),
};

const summary = ({ databases, buckets }: Pick<Contents, "databases" | "buckets">) =>
  `${count(databases.length, "database")}, ${count(Object.keys(buckets).length, "bucket")} with ${count(
    Object.values(buckets).reduce((sum, each) => sum + each, 0),
    "object",
  )}`;
