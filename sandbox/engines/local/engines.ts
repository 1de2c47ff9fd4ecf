import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { running, stopAll } from "../../core/processes";
import { Run, type RunOptions } from "../../core/run";
import { Ground } from "../ground";
import { makeMetastoreSchema, startMetastore } from "../metastore/metastore";
import { startMinio } from "../minio/minio";
import { makeMinioResources } from "../minio/resources";
import { type Postgres, startPostgres } from "../postgres/postgres";
import { makePostgresResources } from "../postgres/resources";
import { Rendered } from "../rendered";
import { startRestCatalog } from "../metastore/rest-catalog";
import { startTrino } from "../trino/trino";
import { additions } from "./additions";
import { enginesOf, partsOf } from "./base";
import type { LocalHome } from "./home";
import { gib, sized, type Sizes } from "./memory";
import { withParts } from "./parts";
import { Pending } from "./pending";
import { room } from "./room";
import { type PartWork, startParts } from "./start-parts";
import { makeSpoolingBucket } from "./spooling";
import { obtainLocal } from "./tools";

/** The stack whose files are used. */
const STACK = "dev";

/** Process that restarts engines; it is not an engine itself. */
export const SUPERVISOR = "supervisor";

const WITHOUT_KAFKA = { events: false };

export type Say = (line: string) => void;

/**
 * First step of every command that needs engines: obtains tools and checks memory.
 * @param options whether running engines are adopted, and whether processes outlive the command
 */
export async function begin(
  home: LocalHome,
  say: Say,
  options: Omit<RunOptions, "folder">,
): Promise<{ readonly run: Run; readonly ground: Ground }> {
  const up = enginesUp(home);
  const all = enginesOf(home);
  const { share, sizes } = room(home);
  const down = Object.keys(all).filter((name) => !up.includes(name));
  home.mark({ share });
  keepLogs(home, up);
  const tools = await obtainLocal(say, partsOf(home));
  const rendered = await renderedFor(home, sizes);
  home.keep(rendered.objects("Secret"));
  const moved = (place: string, from: number, to: number) => {
    say(`port ${from} of ${place} is somebody else's now: ${to} is taken from now on`);
  };
  const held = up.flatMap((name) => all[name]?.places ?? []);
  const wanted = Object.values(all).flatMap(({ places }) => places);
  const ports = down.length === 0 ? home.state.ports : await home.ports(moved, held, wanted);
  if (options.adopt === true && down.includes("trino-worker")) {
    say(`memory: ${gib(sizes.worker)} GiB for Trino's worker, ${gib(sizes.coordinator)} GiB for its coordinator`);
  }
  const run = Run.start("local", { ...options, folder: home.folder });
  return { run, ground: await Ground.of(run, rendered, tools, ports) };
}

/** The stack with the lakehouse's parts. */
export const renderedFor = (home: LocalHome, sizes: Sizes): Promise<Rendered> =>
  Rendered.of(STACK, home.generator(), withParts(sized(readStackFile(PROJECT_FOLDER, STACK), sizes), partsOf(home)));

/** Keeps the logs of the last run beside those of this one; running engines keep their log. */
function keepLogs({ folder }: LocalHome, up: readonly string[]): void {
  const logs = readdirSync(folder).filter((file) => file.endsWith(".log"));
  for (const name of logs.filter((file) => ![...up, SUPERVISOR].includes(file.replace(".log", "")))) {
    renameSync(join(folder, name), join(folder, `${name}.1`));
  }
}

/**
 * Object store and database with the stack's resources in them.
 * @param first whether to create them.
 * @default unless the folder has them
 */
export async function startStores(
  home: LocalHome,
  ground: Ground,
  say: Say,
  first = home.state.made !== true,
): Promise<Postgres> {
  if (first) home.clear();
  const madeWith = first ? [] : (home.state.madeWith ?? []);
  // Making them again changes nothing of what is there.
  const makes = first || partsOf(home).some((part) => !madeWith.includes(part));
  const pending = new Pending(say);
  const postgres = startPostgres(ground).then(async (started) => {
    if (makes) await makePostgresResources(ground, started);
    return started;
  });
  await Promise.all([
    pending.ready(
      "object store",
      startMinio(ground, "minio", WITHOUT_KAFKA).then(async () => {
        if (makes) await makeMinioResources(ground, WITHOUT_KAFKA);
        await makeSpoolingBucket(ground);
      }),
    ),
    pending.ready("PostgreSQL", postgres),
  ]);
  return postgres;
}

/** Starts the engines that do not run, and the work of parts. */
export async function startEngines(home: LocalHome, ground: Ground, say: Say, work: PartWork): Promise<void> {
  const hasSchema = home.up.includes("metastore");
  const pending = new Pending(say);
  const trino = pending.ready("Trino", startTrino(ground, additions(home, ground)));
  // Awaited last: its failure must not end this process before another engine's reason is reported.
  trino.catch(() => undefined);
  await startStores(home, ground, say);
  await Promise.all([
    pending.ready(
      "Hive Metastore",
      (hasSchema ? Promise.resolve() : makeMetastoreSchema(ground)).then(() => startMetastore(ground)),
    ),
    pending.ready("Iceberg REST catalog", startRestCatalog(ground)),
  ]);
  await Promise.all([trino, startParts(home, ground, pending, work)]);
  home.mark({ made: true, madeWith: [...new Set([...(home.state.madeWith ?? []), ...partsOf(home)])] });
}

/** Ends the supervisor, so that engines can be ended; they keep running. */
export async function stopSupervisor({ folder }: LocalHome): Promise<void> {
  for (const { pid } of running(folder).filter(({ name }) => name === SUPERVISOR)) {
    signal(pid, "SIGTERM");
    while (running(folder).some((each) => each.pid === pid)) await new Promise((next) => setTimeout(next, 50));
  }
}

/** Ends all engines. @returns how many ran */
export async function stopLocal(home: LocalHome): Promise<number> {
  await stopSupervisor(home);
  const count = enginesUp(home).length;
  // An engine that is just being restarted enters the list a moment after its supervisor has ended.
  do await clean(home);
  while (home.up.length > 0);
  return count;
}

async function clean({ folder }: LocalHome): Promise<void> {
  // A process that a killed backup has paused does not handle SIGTERM.
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

export const enginesUp = (home: LocalHome) => home.up.filter((name) => name in enginesOf(home));

export const allRun = (home: LocalHome) => Object.keys(enginesOf(home)).every((name) => home.up.includes(name));

export const isEmpty = ({ folder, state }: LocalHome) => !existsSync(folder) || state.made !== true;

/** Resident bytes of each process group, by its number. */
export function memoryOfGroups(): Map<number, number> {
  const groups = new Map<number, number>();
  for (const line of execFileSync("ps", ["-eo", "pgid=,rss="], { encoding: "utf8" }).split("\n")) {
    const [group = 0, kilobytes = 0] = line.trim().split(/\s+/).map(Number);
    groups.set(group, (groups.get(group) ?? 0) + kilobytes * 1024);
  }
  return groups;
}
