import { join } from "node:path";

import type { Ground } from "../ground";
import { Client } from "../minio/minio";
import { command } from "../obtain/command";
import { Sql, superuser } from "../postgres/postgres";

/** Contents of a backup of the first layout: dumps of databases, and objects as plain files. */
export interface FirstContents {
  readonly databases: readonly string[];
  readonly buckets: Readonly<Record<string, number>>;
}

/** Restores such a backup into stores with the stack's resources: it has no roles, and only the names of buckets. */
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
    // The owner of a database that is not the stack's is not in the backup.
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
