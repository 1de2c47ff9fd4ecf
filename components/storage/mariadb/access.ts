import type { MariadbSettings } from "./settings";

/** Least privileges of each kind of MariaDB user. Pure. */

/** Rights of a user on one database, or on all of them. */
export interface Right {
  readonly database: string;
  readonly privileges: readonly string[];
}

/** Privileges that mariadb-operator grants to its own exporter. */
export const EXPORTER_RIGHTS: readonly Right[] = [
  { database: "*", privileges: ["PROCESS", "REPLICATION CLIENT", "REPLICA MONITOR"] },
];

/** All privileges in one database, without GRANT OPTION. */
export const ownerRights = (database: string): readonly Right[] => [{ database, privileges: ["ALL PRIVILEGES"] }];

/** Reads a snapshot of one database, then the binary log, for which privileges cannot be limited to a database. */
export const followerRights = (database: string): readonly Right[] => [
  { database: "*", privileges: ["REPLICATION SLAVE", "REPLICATION CLIENT"] },
  { database, privileges: ["SELECT", "LOCK TABLES"] },
];

const ENGINE_PRIVILEGES = {
  read: ["SELECT", "SHOW VIEW"],
  write: ["SELECT", "SHOW VIEW", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "INDEX"],
} as const;

/** Privileges of SQL engines: only in databases that the settings open to them. */
export function engineRights(databases: MariadbSettings["databases"]): readonly Right[] {
  return databases.flatMap(({ name, engines }) =>
    engines === "off" ? [] : [{ database: name, privileges: ENGINE_PRIVILEGES[engines] }],
  );
}

/** Reads the tables of one database. */
export const readerRights = (database: string): readonly Right[] => [
  { database, privileges: [...ENGINE_PRIVILEGES.read] },
];

/** Kubernetes name: it cannot contain `_`. */
export const resourceName = (sqlName: string): string => sqlName.replaceAll("_", "-");

/** SQL name: one with `-` would need quotes everywhere. */
export const sqlName = (user: string): string => user.replaceAll("-", "_");
