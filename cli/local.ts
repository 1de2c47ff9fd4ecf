import type { Contents } from "../sandbox/engines/local/archive";
import { backupLocal, restoreLocal, wipeLocal } from "../sandbox/engines/local/backup";
import { isEmpty, stopLocal } from "../sandbox/engines/local/engines";
import { defaultFolder, LocalHome } from "../sandbox/engines/local/home";
import type { Ports } from "../sandbox/engines/local/places";
import { Refused } from "../sandbox/engines/local/refused";
import { startLocal, type StartOptions } from "../sandbox/engines/local/start";
import { statusOf } from "../sandbox/engines/local/status";
import { partsOf } from "../sandbox/engines/local/base";
import { connect } from "./local/connect";
import { clientNamed } from "./local/clients";
import { doorOf, doorsTable, doorText, show } from "./local/doors";
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

/** @throws Refused where no lakehouse is */
function portsOf({ folder, state: { ports } }: LocalHome): Ports {
  if (ports === undefined) throw new Refused(`no lakehouse in ${folder} yet: '${commandName()} local start' makes one`);
  return ports;
}

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
    const { part } = clientNamed(client);
    const ports = portsOf(home);
    if (part !== undefined && !partsOf(home).includes(part))
      throw new Refused(`${client}: it needs a part: '${commandName()} local start --with ${part}' adds it`);
    return connect(client, { ports, logins: home.logins, folder: home.folder }, flags.showCredentials === true);
  },

  /** The doors, or one of them, which is shown in a browser where there is one. */
  open(door: string | undefined, flags: LocalFlags & { readonly showCredentials?: boolean }): string {
    const home = homeOf(flags);
    portsOf(home);
    const there = flags.folder === undefined ? "" : ` --folder ${flags.folder}`;
    if (door === undefined)
      return `${doorsTable(home, coloured())}\n\n  ${commandName()} local open${there} trino  # opens one in the browser\n`;
    const found = doorOf(home, door);
    const how = `'${commandName()} local open${there} ${door} --show-credentials' prints it`;
    const text = doorText(home, found, flags.showCredentials === true, how);
    return show(found.url) ? `${text}it is opened in the browser\n` : text;
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
