import { createHash } from "node:crypto";

import { mainContainer, type PodGroup } from "../../core/pod-group";
import { memoryOf } from "./memory";
import { BACKUPS } from "./config";
import type { ClickhouseSettings } from "./settings";
import { configXml } from "./xml";

/** Users of ClickHouse and their least rights. Pure: passwords come as hashes. */

/** Kinds of users, each a profile of settings. */
export type Profile = "reader" | "writer" | "service" | "administrator";

export interface User {
  readonly name: string;
  readonly profile: Profile;
  /** SHA-256 of the password, in hexadecimal digits. */
  readonly hash: string;
  /** Statements of its rights; undefined gives all of them, and the right to give them on. */
  readonly grants: readonly string[] | undefined;
}

export const hashOf = (password: string): string => createHash("sha256").update(password).digest("hex");

export type Level = "read" | "write";

/** Rights in one database. Names are letters, digits and `_`. */
export function databaseGrants(database: string, level: Level): readonly string[] {
  const changes = [
    "ALTER TABLE",
    "CREATE TABLE",
    "CREATE VIEW",
    "DROP TABLE",
    "DROP VIEW",
    "INSERT",
    "OPTIMIZE",
    "TRUNCATE",
  ];
  return [
    `GRANT SELECT, dictGet ON ${database}.*`,
    ...(level === "write" ? [`GRANT ${changes.join(", ")} ON ${database}.*`] : []),
  ];
}

/** Rights of SQL engines: only in databases that the settings open to them. */
export const engineGrants = (databases: ClickhouseSettings["databases"]): readonly string[] =>
  databases.flatMap(({ name, engines }) => (engines === "off" ? [] : databaseGrants(name, engines)));

/** Rights of what the stack itself runs: it makes databases and tables of streams, and copies everything to the one place of copies. */
export function serviceGrants({ databases, streams, iceberg, backup }: ClickhouseSettings): readonly string[] {
  return [
    ...databases.map(({ name }) => `GRANT CREATE DATABASE ON ${name}.*`),
    ...(iceberg === "off" ? [] : ["GRANT CREATE DATABASE, DROP DATABASE ON lakehouse.*"]),
    ...[...new Set(streams.map(({ database }) => database))].map(
      (name) => `GRANT CREATE TABLE, CREATE VIEW, INSERT, SELECT ON ${name}.*`,
    ),
    ...(streams.length === 0 ? [] : ["GRANT KAFKA ON *.*"]),
    "GRANT CLUSTER ON *.*",
    "GRANT REMOTE ON *.*",
    "GRANT SELECT ON system.one",
    ...(backup.method === "off"
      ? []
      : ["GRANT BACKUP ON *.*", "GRANT S3 ON *.*", `GRANT NAMED COLLECTION ON ${BACKUPS}`]),
  ];
}

/** The file of users, in one order, with their profiles and the quota of clients. */
export function usersXml(
  users: readonly User[],
  group: PodGroup,
  { limits }: Pick<ClickhouseSettings, "limits">,
): string {
  const { statement } = memoryOf(mainContainer(group).limits.memory);
  const half = Math.floor(statement / 2);
  const bounds = {
    max_memory_usage: statement,
    max_bytes_before_external_group_by: half,
    max_bytes_before_external_sort: half,
    max_execution_time: limits.seconds,
  };
  // A client may ask for less, not for more.
  const constraints = { max_memory_usage: { max: statement }, max_execution_time: { min: 1, max: limits.seconds } };
  return configXml({
    profiles: {
      lakehouse_reader: { ...bounds, readonly: 2, constraints },
      lakehouse_writer: { ...bounds, default_table_engine: "ReplicatedMergeTree", constraints },
      lakehouse_service: { default_table_engine: "ReplicatedMergeTree", distributed_ddl_task_timeout: 300 },
      lakehouse_administrator: { default_table_engine: "ReplicatedMergeTree" },
    },
    quotas: {
      lakehouse_clients: { interval: { duration: 3600, queries: limits.statementsPerHour } },
      lakehouse_free: { interval: { duration: 3600, queries: 0 } },
    },
    users: Object.fromEntries(
      users
        .toSorted((one, other) => (one.name < other.name ? -1 : 1))
        .map(({ name, profile, hash, grants }) => [
          name,
          {
            password_sha256_hex: hash,
            profile: `lakehouse_${profile}`,
            quota: profile === "reader" || profile === "writer" ? "lakehouse_clients" : "lakehouse_free",
            networks: { ip: "::/0" },
            ...(grants === undefined
              ? { access_management: true, named_collection_control: true }
              : { grants: { query: grants } }),
          },
        ]),
    ),
  });
}
