import { join } from "node:path";

import type { Ground } from "../ground";
import { Client } from "../minio";
import { command } from "../obtain/command";
import { Sql, superuser } from "../postgres";

/** What a backup of the first layout has: dumps of databases, and objects as plain files. */
export interface FirstContents {
  readonly databases: readonly string[];
  readonly buckets: Readonly<Record<string, number>>;
}

/** Such a backup into stores in which all is made that the stack wants: it has no roles, and of buckets the names only. */
export async function restoreFirstLayout(
  ground: Ground,
  bin: string,
  folder: string,
  { databases, buckets }: FirstContents,
): Promise<void> {
  const sql = new Sql(ground, bin, superuser(ground));
  const there = (await sql.run("postgres", "select datname from pg_database")).split("\n");
  for (const database of databases) {
    const known = there.includes(database);
    if (!known) await sql.run("postgres", `create database "${database.replaceAll('"', '""')}"`);
    // A database that no stack has is owned by a role that is not in the backup.
    const how = ["--clean", "--if-exists", "--exit-on-error", ...(known ? [] : ["--no-owner", "--no-privileges"])];
    const dump = join(folder, "databases", `${database}.dump`);
    await command([join(bin, "pg_restore"), ...how, "-d", database, dump], { env: sql.env(database) });
  }
  const client = Client.root(ground);
  for (const [bucket, objects] of Object.entries(buckets)) {
    await client.run(["mb", "--ignore-existing", `store/${bucket}`]);
    if (objects > 0) await client.run(["mirror", "--overwrite", join(folder, "buckets", bucket), `store/${bucket}`]);
  }
}
