import { existsSync, mkdtempSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { entriesBelow } from "../../../preview/entries";
import { running } from "../../core/processes";
import type { Ground } from "../ground";
import { command } from "../obtain/command";
import { programs } from "../postgres/postgres";
import { type AnyContents, checked, type Contents, DESCRIPTION, LAYOUT, pack } from "./archive";
import { dumpDatabases, restoreDatabases } from "./databases";
import { allRun, begin, enginesUp, isEmpty, type Say, signal, startStores, stopLocal } from "./engines";
import { restoreFirstLayout } from "./first-layout";
import type { LocalHome } from "./home";
import { gib } from "./memory";
import { countObjects, emptied, renewUsers, snapshot } from "./objects";
import { mustHaveAll } from "./prerequisites";
import { Refused } from "./refused";
import { toObtain } from "./tools";

/** Engines through which all tables are changed; a backup pauses them. */
const CATALOGS = ["rest-catalog", "metastore"];
const STORE = "minio";

/**
 * Writes one file with everything that is in the databases and in the object store, as it was at one moment. It contains passwords
 * of users that are not the stack's. Stores that do not run are started for it and ended again.
 */
export async function backupLocal(home: LocalHome, file: string, say: Say): Promise<Contents> {
  const target = resolve(file);
  if (existsSync(target)) throw new Refused(`${file}: it is there already; allowed: a file that is not`);
  if (!existsSync(dirname(target))) throw new Refused(`${file}: there is no folder ${dirname(target)}`);
  if (isEmpty(home))
    throw new Refused(`${home.folder}: there is no lakehouse in it; allowed: one that was started once`);
  if (enginesUp(home).length > 0 && !allRun(home)) {
    throw new Refused(`${home.folder}: not all engines run; stop it, or start it, before a backup`);
  }
  const unlock = home.lock();
  try {
    return await withStores(home, say, async (ground, bin) => {
      const folder = mkdtempSync(join(home.folder, ".backup-"));
      try {
        const contents = await copy(home, ground, bin, folder, say);
        await pack(folder, target);
        return contents;
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  } finally {
    unlock();
  }
}

async function copy(home: LocalHome, ground: Ground, bin: string, folder: string, say: Say): Promise<Contents> {
  const resting = (names: readonly string[]) => running(home.folder).filter(({ name }) => names.includes(name));
  const [catalogs, store] = [resting(CATALOGS), resting([STORE])];
  try {
    for (const { pid } of catalogs) signal(pid, "SIGSTOP");
    const databases = await dumpDatabases(ground, bin, join(folder, "databases"));
    say(`${databases.length} databases are copied`);
    const buckets = await countObjects(ground);
    for (const { pid } of store) signal(pid, "SIGSTOP");
    snapshot(join(home.folder, "minio", "data"), join(folder, "objects"));
    for (const { pid } of [...store, ...catalogs]) signal(pid, "SIGCONT");
    say(`${Object.keys(buckets).length} buckets are copied`);
    const contents = { layout: LAYOUT, made: new Date().toISOString(), databases, buckets, ...size(folder) } as const;
    writeFileSync(join(folder, DESCRIPTION), `${JSON.stringify(contents, null, 2)}\n`);
    return contents;
  } finally {
    for (const { pid } of [...store, ...catalogs]) signal(pid, "SIGCONT");
  }
}

/** Entries as the archive lists them, and bytes of all files. */
function size(folder: string): Pick<Contents, "entries" | "bytes"> {
  const all = entriesBelow(folder);
  const bytes = all
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  return { entries: all.length, bytes };
}

/** Restores a backup into a folder without a lakehouse. No engine runs after it. */
export async function restoreLocal(home: LocalHome, file: string, say: Say): Promise<AnyContents> {
  const source = resolve(file);
  if (enginesUp(home).length > 0) {
    throw new Refused(`${home.folder}: its engines run; allowed: a folder without a lakehouse, or one that was wiped`);
  }
  if (!isEmpty(home)) {
    throw new Refused(
      `${home.folder}: there is a lakehouse in it; allowed: a folder without one. 'lakehouse local wipe' removes it`,
    );
  }
  say("the archive is read");
  const contents = await checked(source, file);
  mustHaveAll(toObtain());
  const fresh = !existsSync(home.folder);
  home.prepare();
  const unlock = home.lock();
  const folder = mkdtempSync(join(home.folder, ".restore-"));
  try {
    if (contents.layout === LAYOUT) mustFit(home.folder, 2 * contents.bytes);
    await command(["tar", "xzf", source, "-C", folder]);
    home.clear();
    // Hard links take the space once; the archive's copy is removed at the end.
    if (contents.layout === LAYOUT) snapshot(join(folder, "objects"), emptied(join(home.folder, "minio", "data")), []);
    const restore = async (ground: Ground, bin: string) => {
      if (contents.layout === LAYOUT) {
        await restoreDatabases(ground, bin, join(folder, "databases"), contents.databases);
        await renewUsers(ground);
      } else await restoreFirstLayout(ground, bin, folder, contents);
      say(`${contents.databases.length} databases are restored`);
      const buckets = await countObjects(ground);
      for (const [bucket, objects] of Object.entries(contents.buckets)) {
        if (buckets[bucket] !== objects)
          throw new Error(`bucket ${bucket}: ${buckets[bucket] ?? 0} objects are there, not ${objects}`);
      }
      say(`${Object.keys(buckets).length} buckets are restored`);
    };
    await withStores(home, say, restore, contents.layout !== LAYOUT);
    home.mark({ made: true, samples: true });
    return contents;
  } catch (error) {
    // A half restored lakehouse is removed: the next try finds the folder as this one did.
    home.clear();
    if (fresh) rmSync(home.folder, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    unlock();
  }
}

function mustFit(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= bytes) return;
  throw new Refused(`${folder}: ${gib(bavail * bsize)} GiB of its disk are free; allowed: at least ${gib(bytes)} GiB`);
}

/** Removes a lakehouse and all its data. */
export async function wipeLocal(home: LocalHome): Promise<void> {
  if (!home.isOurs) throw new Refused(`${home.folder}: there is no lakehouse in it; nothing was removed`);
  await stopLocal(home);
  rmSync(home.folder, { recursive: true, force: true });
}

/**
 * Runs work with object store and database: the running ones, or ones that are started for it.
 * @param first whether to create the stack's resources in them.
 * @default unless the folder has them
 */
async function withStores<T>(
  home: LocalHome,
  say: Say,
  work: (ground: Ground, programs: string) => Promise<T>,
  first?: boolean,
): Promise<T> {
  const up = allRun(home);
  const { run, ground } = await begin(home, say, { leaveRunning: up });
  try {
    return await work(ground, up ? programs(ground) : (await startStores(home, ground, say, first)).bin);
  } finally {
    // Engines that ran before keep running: they are not part of this run.
    await run.end();
  }
}
