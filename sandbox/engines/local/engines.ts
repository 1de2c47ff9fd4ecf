import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import { running, stopAll } from "../../core/processes";
import { Run } from "../../core/run";
import { Ground } from "../ground";
import { type LocalHome, type LocalPlace, Refused } from "./home";
import { missing, obtainLocal } from "./tools";
import { loadSamples } from "./samples";
import { makeMetastoreSchema, startMetastore } from "../metastore";
import { startMinio } from "../minio";
import { makeMinioResources } from "../minio-resources";
import { type Postgres, Sql, startPostgres, superuser } from "../postgres";
import { statements } from "../postgres-resources";
import { Rendered } from "../rendered";
import { startRestCatalog } from "../rest-catalog";
import { startTrino } from "../trino";

/** The stack whose files it is started from. */
const STACK = "dev";
/** What all of it takes with its samples, and room for queries (`status` shows the figures). */
const MEMORY = 5 * 2 ** 30;

/** Engines by name, in the order in which they are told, and where each listens. */
export const ENGINES: Readonly<Record<string, { readonly what: string; readonly place: LocalPlace }>> = {
  "trino-coordinator": { what: "Trino", place: "trino" },
  "trino-worker": { what: "Trino's worker", place: "trinoWorker" },
  "minio": { what: "object store", place: "s3" },
  "postgres": { what: "PostgreSQL", place: "postgres" },
  "rest-catalog": { what: "Iceberg REST catalog", place: "rest" },
  "metastore": { what: "Hive Metastore", place: "thrift" },
};

const WITHOUT_KAFKA = { events: false };

export type Say = (line: string) => void;

export interface EngineStatus {
  readonly name: string;
  readonly what: string;
  readonly pid?: number;
  readonly port?: number;
  /** Bytes that it and all that it started have in memory. */
  readonly memory?: number;
}

/** Starts what does not run, from the data that is there. @returns false when all of it ran already */
export async function startLocal(home: LocalHome, say: Say): Promise<boolean> {
  if (isUp(home)) return false;
  home.prepare();
  const unlock = home.lock();
  try {
    const { run, ground } = await begin(home, say);
    try {
      await startEngines(home, ground, say);
      if (home.state.samples !== true) {
        await loadSamples(ground, say);
        home.mark({ samples: true });
      }
    } catch (error) {
      await run.end();
      throw error;
    }
    await run.leave();
    return true;
  } finally {
    unlock();
  }
}

/** What every command begins with that needs engines: all is at hand, and nothing runs, unless all of it does and stays. */
export async function begin(
  home: LocalHome,
  say: Say,
  up = false,
): Promise<{ readonly run: Run; readonly ground: Ground }> {
  if (!up) await clean(home);
  const memory = process.availableMemory();
  if (!up && memory < MEMORY) {
    throw new Refused(
      `memory: ${gib(memory)} GiB of this machine are available; allowed: at least ${gib(MEMORY)} GiB for all engines`,
    );
  }
  if (!up) keepLogs(home);
  for (const line of missing()) say(line);
  const tools = await obtainLocal(say);
  const rendered = await Rendered.of(STACK, home.generator());
  home.keep(rendered.objects("Secret"));
  const moved = (place: string, from: number, to: number) => {
    say(`port ${from} of ${place} is somebody else's now: ${to} is taken from now on`);
  };
  const ports = up ? home.state.ports : await home.ports(moved);
  // With its reaper until all is well: a start that is killed leaves nothing behind.
  const run = Run.start("local", { folder: home.folder, leaveRunning: up });
  return { run, ground: await Ground.of(run, rendered, tools, ports) };
}

/** The logs of the last run stay beside those of this one. */
function keepLogs({ folder }: LocalHome): void {
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".log"))) {
    renameSync(join(folder, name), join(folder, `${name}.1`));
  }
}

/** Object store and database with all that the stack wants in them. @returns the folder of the database's programs */
export async function startStores(home: LocalHome, ground: Ground, say: Say): Promise<string> {
  const first = home.state.made !== true;
  if (first) home.clear();
  // Nothing of it runs: after a crash of the machine its number may be another's, and it would not start.
  else rmSync(join(home.folder, "postgres", "data", "postmaster.pid"), { force: true });
  const [, postgres] = await Promise.all([
    startMinio(ground, "minio", WITHOUT_KAFKA).then(async () => {
      if (first) await makeMinioResources(ground, WITHOUT_KAFKA);
      say("object store is ready");
    }),
    startPostgres(ground).then(async (started) => {
      if (first) await makeDatabases(ground, started);
      say("PostgreSQL is ready");
      return started.bin;
    }),
  ]);
  return postgres;
}

async function startEngines(home: LocalHome, ground: Ground, say: Say): Promise<void> {
  const trino = startTrino(ground).then(() => {
    say("Trino is ready");
  });
  // Awaited last: until then its failure must not end this process before the reason of another is told.
  trino.catch(() => undefined);
  await startStores(home, ground, say);
  await Promise.all([
    makeMetastoreSchema(ground)
      .then(() => startMetastore(ground))
      .then(() => {
        say("Hive Metastore is ready");
      }),
    startRestCatalog(ground).then(() => {
      say("Iceberg REST catalog is ready");
    }),
  ]);
  await trino;
  home.mark({ made: true });
}

/** As the stack wants them, but for slots: without Kafka Connect nobody reads one, and it would keep the log for ever. */
async function makeDatabases(ground: Ground, { bin }: Postgres): Promise<void> {
  const sql = new Sql(ground, bin, superuser(ground));
  const wanted = statements(ground).filter(({ sql: text }) => !text.includes("pg_create_logical_replication_slot"));
  for (const { database, sql: statement } of wanted) await sql.run(database, statement);
}

/** Ends all engines. @returns how many ran */
export async function stopLocal(home: LocalHome): Promise<number> {
  const count = running(home.folder).length;
  await clean(home);
  return count;
}

async function clean({ folder }: LocalHome): Promise<void> {
  // One that a killed backup has paused would not hear that it shall end.
  for (const { pid } of running(folder)) signal(pid, "SIGCONT");
  await stopAll(folder, 30_000);
  rmSync(join(folder, "processes"), { force: true });
}

export function signal(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(-group, name);
  } catch {
    // It has ended by itself.
  }
}

export const isUp = (home: LocalHome) => Object.keys(ENGINES).every((name) => home.up.includes(name));

export const isEmpty = ({ folder, state }: LocalHome) => !existsSync(folder) || state.made !== true;

/** Each engine, whether it runs or not. */
export function statusOf(home: LocalHome): EngineStatus[] {
  const alive = running(home.folder);
  const memory = memoryOfGroups();
  const { ports } = home.state;
  return Object.entries(ENGINES).map(([name, { what, place }]) => {
    const pid = alive.find((each) => each.name === name)?.pid;
    const port = ports?.[place];
    return {
      name,
      what,
      ...(port === undefined ? {} : { port }),
      ...(pid === undefined ? {} : { pid, memory: memory.get(pid) ?? 0 }),
    };
  });
}

function memoryOfGroups(): Map<number, number> {
  const groups = new Map<number, number>();
  for (const line of execFileSync("ps", ["-eo", "pgid=,rss="], { encoding: "utf8" }).split("\n")) {
    const [group = 0, kilobytes = 0] = line.trim().split(/\s+/).map(Number);
    groups.set(group, (groups.get(group) ?? 0) + kilobytes * 1024);
  }
  return groups;
}

const gib = (bytes: number) => (bytes / 2 ** 30).toFixed(1);
