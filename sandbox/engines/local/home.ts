import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";

import { setTimeout as sleep } from "node:timers/promises";

import { running, startOf } from "../../core/processes";
import { type LocalPlace, type Ports, WISHED } from "./places";
import { Refused } from "./refused";

interface State {
  readonly ports?: Ports;
  /** Whether buckets, users, databases and roles exist: before that there is no data to lose. */
  readonly made?: boolean;
  readonly samples?: boolean;
  /** Requested bytes for all engines; undefined to derive them from the machine's memory. */
  readonly memory?: number | null;
  /** Bytes for all engines, as of the running ones. */
  readonly share?: number;
  /** Parts that `--with` has added, each with the bytes that it may take. */
  readonly parts?: Readonly<Record<string, number>>;
  /** Parts whose buckets, users, databases and roles exist. */
  readonly madeWith?: readonly string[];
  /** Start of the running engines, in milliseconds since 1970. */
  readonly started?: number;
}

export interface Login {
  /** The stack's Secret that contains it. */
  readonly name: string;
  readonly user: string;
  readonly password: string;
}

interface Passwords {
  readonly generated?: Readonly<Record<string, string>>;
  readonly logins?: readonly Login[];
}

interface Secret {
  readonly metadata: { readonly name: string };
  readonly stringData?: Readonly<Record<string, string>>;
}

/** Default folder of a local lakehouse. For root it is not in the home folder: PostgreSQL runs as another user, who cannot enter it. */
export function defaultFolder(environment: NodeJS.ProcessEnv = process.env, root = process.getuid?.() === 0): string {
  const data = environment.XDG_DATA_HOME ?? (root ? "/var/lib" : join(homedir(), ".local", "share"));
  return join(data, "lakehouse");
}

/** Another command holds the folder's lock. */
class Busy extends Refused {}

/** The folder of a local lakehouse: its data, its ports and passwords, which are chosen once. */
export class LocalHome {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = existsSync(folder) ? realpathSync(folder) : resolve(folder);
  }

  get state(): State {
    return this.read("state.json") ?? {};
  }

  get isOurs(): boolean {
    return existsSync(join(this.folder, "state.json"));
  }

  /** File of the passwords: the only place outside of the engines. */
  get passwordFile(): string {
    return join(this.folder, "passwords.json");
  }

  /** Logins of the stack's services. */
  get logins(): readonly Login[] {
    return this.passwords.logins ?? [];
  }

  private get passwords(): Passwords {
    return this.read("passwords.json") ?? {};
  }

  /** Names of its running processes. */
  get up(): readonly string[] {
    return running(this.folder).map(({ name }) => name);
  }

  mark(more: State): void {
    this.write("state.json", { ...this.state, ...more });
  }

  /** Secret of the resource with a name: that of the last start, or a new one, which `keep` stores. */
  generator(): (resource: string) => string {
    const known = this.passwords.generated ?? {};
    return (resource) => known[resource] ?? `${resource}-${randomBytes(12).toString("hex")}`;
  }

  /** Stores the secrets of the stack's Secrets. */
  keep(secrets: readonly Secret[]): void {
    const values = secrets.flatMap(({ stringData = {} }) => Object.values(stringData));
    const generated = Object.fromEntries(
      values.flatMap((value) => {
        const resource = /^(.+)-[0-9a-f]{24}$/.exec(value)?.[1];
        return resource === undefined ? [] : [[resource, value]];
      }),
    );
    const logins = secrets.flatMap(({ metadata: { name }, stringData: data = {} }) => {
      const user = data.user ?? data.username ?? data.AccessKey ?? (data.token === undefined ? undefined : "by token");
      const password = data.password ?? data.SecretKey ?? data.token;
      return user === undefined || password === undefined ? [] : [{ name, user, password }];
    });
    const once = new Map(logins.map((login) => [login.name, login]));
    this.write("passwords.json", {
      generated: { ...this.passwords.generated, ...generated },
      logins: [...once.values()],
    });
  }

  /** Makes the folder, and refuses one that cannot be used. */
  prepare(root = process.getuid?.() === 0): void {
    try {
      mkdirSync(this.folder, { recursive: true });
    } catch (error) {
      throw new Refused(`--folder ${this.folder}: ${(error as Error).message}; allowed: a folder that can be made`);
    }
    // A ':' would end a class path, a blank an option of Java.
    if (/[\s:"'\\]/.test(this.folder)) {
      throw new Refused(`--folder ${this.folder}: allowed: a path without blanks, colons and quotes`);
    }
    // A folder of something else is neither used nor, later, wiped.
    if (!this.isOurs && readdirSync(this.folder).length > 0) {
      throw new Refused(
        `--folder ${this.folder}: there are other files in it; allowed: an empty folder, or a lakehouse's`,
      );
    }
    if (root) this.mustBeOpen();
    this.close(root);
    if (!this.isOurs) this.mark({});
  }

  /** Access for the owner alone; for root also for PostgreSQL's user, who owns two folders and can enter no others. */
  private close(root: boolean): void {
    chmodSync(this.folder, root ? 0o711 : 0o700);
    for (const entry of readdirSync(this.folder, { withFileTypes: true })) {
      if (entry.isSymbolicLink()) continue;
      chmodSync(join(this.folder, entry.name), entry.isDirectory() ? 0o700 : 0o600);
    }
  }

  private mustBeOpen(): void {
    for (let at = dirname(this.folder); at !== dirname(at); at = dirname(at)) {
      if ((statSync(at).mode & 0o001) !== 0) continue;
      throw new Refused(
        `--folder ${this.folder}: PostgreSQL does not run as root, and no other user may enter ${at}; allowed: a folder such as /var/lib/lakehouse`,
      );
    }
  }

  /**
   * The ports of the last start; one that another process has taken since is replaced, and `moved` is called.
   * @param held places whose engines run, which hold their ports themselves
   * @param wanted places that are about to be used. @default all
   */
  async ports(
    moved: (place: LocalPlace, from: number, to: number) => void,
    held: readonly LocalPlace[] = [],
    wanted: readonly LocalPlace[] = Object.keys(WISHED) as LocalPlace[],
  ): Promise<Ports> {
    const before = this.state.ports;
    const kept: readonly number[] = Object.values(before ?? WISHED);
    const ports: Partial<Record<LocalPlace, number>> = {};
    for (const place of Object.keys(WISHED) as LocalPlace[]) {
      const wished = before?.[place] ?? WISHED[place];
      const others = [...Object.values(ports), ...kept.filter((port) => port !== wished)];
      let port = wished;
      // A port that nobody needs now is looked at when its engine is started.
      const settled = held.includes(place) || (before?.[place] !== undefined && !wanted.includes(place));
      while (!settled && (others.includes(port) || !(await isFree(port)))) port++;
      if (before?.[place] !== undefined && port !== wished) moved(place, wished, port);
      ports[place] = port;
    }
    this.mark({ ports: ports as Ports });
    return ports as Ports;
  }

  /** Removes data of a first start that did not finish. */
  clear(): void {
    for (const name of ["minio", "postgres", "backup", "spark", "kafka", "connect", "flink"]) {
      rmSync(join(this.folder, name), { recursive: true, force: true });
    }
  }

  /**
   * Locks the folder: one command at a time changes it. @returns a function that releases the lock
   * @throws Refused while another command holds it
   */
  lock(): () => void {
    const file = join(this.folder, "lock");
    const mine = `${file}.${process.pid}`;
    writeFileSync(mine, `${process.pid}|${startOf(process.pid) ?? ""}`, { mode: 0o600 });
    for (;;) {
      try {
        // Atomic, unlike a file that is created and then written.
        linkSync(mine, file);
        rmSync(mine);
        return () => {
          rmSync(file, { force: true });
        };
      } catch {
        const holder = this.holder;
        if (holder !== undefined) {
          rmSync(mine, { force: true });
          throw new Busy(`another lakehouse command is at work in ${this.folder}: process ${holder}; wait for it`);
        }
        rmSync(file, { force: true });
      }
    }
  }

  /** The same, but waits for the lock. @param waits called once when another command holds it */
  async turn(waits: (holder: number) => void): Promise<() => void> {
    for (let told = false; ; told = true) {
      try {
        return this.lock();
      } catch (error) {
        if (!(error instanceof Busy)) throw error;
        if (!told) waits(this.holder ?? 0);
        await sleep(200);
      }
    }
  }

  /** Number of the process that holds the lock; undefined when none does, or it has ended. */
  private get holder(): number | undefined {
    try {
      const [pid = "", started = ""] = readFileSync(join(this.folder, "lock"), "utf8").split("|");
      return startOf(Number(pid)) === started ? Number(pid) : undefined;
    } catch {
      return undefined;
    }
  }

  private read(name: string): unknown {
    const file = join(this.folder, name);
    if (!existsSync(file)) return undefined;
    try {
      return JSON.parse(readFileSync(file, "utf8"));
    } catch {
      throw new Refused(`${file}: not JSON any more; put it back from a copy, or wipe the folder and restore a backup`);
    }
  }

  /** Writes a file atomically, readable by its owner only. */
  private write(name: string, content: unknown): void {
    const file = join(this.folder, name);
    writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => {
      resolve(false);
    });
    server.listen(port, "127.0.0.1", () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
