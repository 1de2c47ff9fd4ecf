import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { running } from "../../core/processes";
import type { Ground } from "../ground";
import { begin, isEmpty, isUp, type Say, signal, startStores, stopLocal } from "./engines";
import { type LocalHome, Refused } from "./home";
import { Client } from "../minio";
import { command } from "../obtain/command";
import { programs, Sql, superuser } from "../postgres";

/** What a backup's own description says; another layout has another number. */
const LAYOUT = 1;
const DESCRIPTION = "lakehouse-backup.json";

export interface Contents {
  readonly layout: number;
  readonly made: string;
  readonly databases: readonly string[];
  /** Objects by bucket. */
  readonly buckets: Readonly<Record<string, number>>;
}

/** The catalogs: while they rest no table changes, whoever writes. */
const CATALOGS = ["rest-catalog", "metastore"];

/**
 * Writes one file with a dump of each database and every object of each bucket, as they were at one moment. It has no password.
 * Engines that do not run are started for it and ended again.
 */
export async function backupLocal(home: LocalHome, file: string, say: Say): Promise<Contents> {
  const target = resolve(file);
  if (existsSync(target)) throw new Refused(`${file}: it is there already; allowed: a file that is not`);
  if (isEmpty(home))
    throw new Refused(`${home.folder}: there is no lakehouse in it; allowed: one that was started once`);
  if (running(home.folder).length > 0 && !isUp(home)) {
    throw new Refused(`${home.folder}: not all engines run; stop it, or start it, before a backup`);
  }
  const unlock = home.lock();
  try {
    return await withStores(home, say, async (ground, bin) => {
      const folder = mkdtempSync(join(home.folder, ".backup-"));
      const pausing = running(home.folder).filter(({ name }) => CATALOGS.includes(name));
      try {
        for (const { pid } of pausing) signal(pid, "SIGSTOP");
        const contents = await copy(ground, bin, folder, say);
        for (const { pid } of pausing) signal(pid, "SIGCONT");
        await command(["tar", "czf", `${target}.unfinished`, "-C", folder, "."]);
        renameSync(`${target}.unfinished`, target);
        return contents;
      } finally {
        for (const { pid } of pausing) signal(pid, "SIGCONT");
        rmSync(`${target}.unfinished`, { force: true });
        rmSync(folder, { recursive: true, force: true });
      }
    });
  } finally {
    unlock();
  }
}

/** Puts a backup into a folder where no lakehouse is yet. Nothing runs after it. */
export async function restoreLocal(home: LocalHome, file: string, say: Say): Promise<Contents> {
  const source = resolve(file);
  const contents = await described(source, file);
  if (running(home.folder).length > 0) {
    throw new Refused(`${home.folder}: its engines run; allowed: a folder without a lakehouse, or one that was wiped`);
  }
  if (!isEmpty(home)) {
    throw new Refused(
      `${home.folder}: there is a lakehouse in it; allowed: a folder without one. 'lakehouse local wipe' removes it`,
    );
  }
  home.prepare();
  const unlock = home.lock();
  const folder = mkdtempSync(join(home.folder, ".restore-"));
  try {
    await command(["tar", "xzf", source, "-C", folder]);
    await withStores(home, say, async (ground, bin) => {
      const sql = new Sql(ground, bin, superuser(ground));
      for (const database of contents.databases) {
        // Who owns what is as it was: the roles are there, with passwords of this folder.
        const dump = join(folder, "databases", `${database}.dump`);
        const how = ["--clean", "--if-exists", "--exit-on-error", "-d", database];
        await command([join(bin, "pg_restore"), ...how, dump], { env: sql.env(database) });
        say(`database ${database} is restored`);
      }
      const client = Client.root(ground);
      for (const [bucket, objects] of Object.entries(contents.buckets)) {
        if (objects > 0)
          await client.run(["mirror", "--overwrite", join(folder, "buckets", bucket), `store/${bucket}`]);
        const there = (await client.list(bucket)).length;
        if (there !== objects) throw new Error(`bucket ${bucket}: ${there} objects are there, not ${objects}`);
        say(`bucket ${bucket} is restored, ${objects} objects`);
      }
    });
    home.mark({ made: true, samples: true });
    return contents;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    unlock();
  }
}

/** Removes a lakehouse and all its data. */
export async function wipeLocal(home: LocalHome): Promise<void> {
  if (!home.isOurs) throw new Refused(`${home.folder}: there is no lakehouse in it; nothing was removed`);
  await stopLocal(home);
  rmSync(home.folder, { recursive: true, force: true });
}

/** With object store and database: those that run, or ones for this work only. */
async function withStores<T>(
  home: LocalHome,
  say: Say,
  work: (ground: Ground, programs: string) => Promise<T>,
): Promise<T> {
  const up = isUp(home);
  const { run, ground } = await begin(home, say, up);
  try {
    return await work(ground, up ? programs(ground) : await startStores(home, ground, say));
  } finally {
    // Engines that ran before run on: this run has none.
    await run.end();
  }
}

async function copy(ground: Ground, bin: string, folder: string, say: Say): Promise<Contents> {
  const sql = new Sql(ground, bin, superuser(ground));
  const databases = (
    await sql.run(
      "postgres",
      "select datname from pg_database where not datistemplate and datname <> 'postgres' order by 1",
    )
  ).split("\n");
  mkdirSync(join(folder, "databases"));
  for (const database of databases) {
    const dump = join(folder, "databases", `${database}.dump`);
    await command([join(bin, "pg_dump"), "--format=custom", `--file=${dump}`], { env: sql.env(database) });
    say(`database ${database} is copied`);
  }
  const client = Client.root(ground);
  const listed = (await client.run(["ls", "--json", "store"])).split("\n").filter((line) => line !== "");
  const buckets: Record<string, number> = {};
  for (const { key } of listed.map((line) => JSON.parse(line) as { key: string })) {
    const bucket = key.replace(/\/$/, "");
    const to = join(folder, "buckets", bucket);
    mkdirSync(to, { recursive: true });
    await client.run(["mirror", `store/${bucket}`, to]);
    buckets[bucket] = readdirSync(to, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    ).length;
    say(`bucket ${bucket} is copied, ${buckets[bucket]} objects`);
  }
  const contents: Contents = { layout: LAYOUT, made: new Date().toISOString(), databases, buckets };
  writeFileSync(join(folder, DESCRIPTION), `${JSON.stringify(contents, null, 2)}\n`);
  return contents;
}

async function described(source: string, given: string): Promise<Contents> {
  if (!existsSync(source))
    throw new Refused(`${given}: there is no such file; allowed: one that 'lakehouse local backup' wrote`);
  const text = await command(["tar", "xzOf", source, `./${DESCRIPTION}`]).catch(() => "");
  const contents = text === "" ? undefined : (JSON.parse(text) as Contents);
  if (contents?.layout !== LAYOUT) {
    throw new Refused(`${given}: not a backup of a local lakehouse; allowed: one that 'lakehouse local backup' wrote`);
  }
  return contents;
}
