import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Ground } from "../ground";
import { command } from "../obtain/command";
import { Sql, superuser } from "../postgres/postgres";

/** Database that every server has; its contents are restored into it. */
const FIRST = "postgres";
const ROLES = "roles.sql";

/** Roles with the digests of their passwords, and a dump of each database with its owner, rights and settings. */
export async function dumpDatabases(ground: Ground, bin: string, folder: string): Promise<string[]> {
  const sql = new Sql(ground, bin, superuser(ground));
  const names = await sql.run("postgres", "select datname from pg_database where not datistemplate order by 1");
  mkdirSync(folder);
  const roles = await command([join(bin, "pg_dumpall"), "--roles-only"], { env: sql.env(FIRST) });
  writeFileSync(join(folder, ROLES), roles);
  const databases = names.split("\n");
  for (const database of databases) {
    const how = ["--format=custom", "--create", `--file=${join(folder, `${database}.dump`)}`];
    await command([join(bin, "pg_dump"), ...how], { env: sql.env(database) });
  }
  return databases;
}

/** Restores into an empty server. Roles of the stack's services get this folder's passwords. */
export async function restoreDatabases(
  ground: Ground,
  bin: string,
  folder: string,
  databases: readonly string[],
): Promise<void> {
  const sql = new Sql(ground, bin, superuser(ground));
  await sql.run(FIRST, ownRoles(readFileSync(join(folder, ROLES), "utf8"), superuser(ground).user));
  for (const database of databases) {
    const first = database === FIRST;
    const how = ["--exit-on-error", ...(first ? ["--clean", "--if-exists"] : ["--create"]), "-d", FIRST];
    await command([join(bin, "pg_restore"), ...how, join(folder, `${database}.dump`)], { env: sql.env(FIRST) });
  }
  // A stack that is newer than the backup may have roles that the backup lacks.
  const there = (await sql.run(FIRST, "select rolname from pg_roles")).split("\n");
  const roles = ground.rendered.resources<{ name: string; password?: string }>("postgresql", "role");
  await sql.run(FIRST, passwords(roles.filter(({ name }) => there.includes(name))));
}

/** Statements for roles without the superuser, who exists already and keeps this folder's password. */
export function ownRoles(roles: string, admin: string): string {
  const own = new RegExp(`^(create|alter) role "?${admin}"?( |;)`, "i");
  return roles
    .split("\n")
    .filter((line) => !own.test(line))
    .join("\n");
}

function passwords(roles: readonly { readonly name: string; readonly password?: string }[]): string {
  const quoted = (text: string, by: string) => `${by}${text.replaceAll(by, by + by)}${by}`;
  return roles
    .flatMap(({ name, password }) =>
      password === undefined ? [] : [`alter role ${quoted(name, '"')} password ${quoted(password, "'")};`],
    )
    .join("\n");
}
