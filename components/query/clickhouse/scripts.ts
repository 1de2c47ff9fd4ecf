import { shellWord } from "../../core/render";
import { BACKUPS } from "./config";
import { CLUSTER } from "./pods";
import type { lakeDatabase } from "./sql";

/** Shell scripts of the tasks. The image's client reads user and password from variables. */

export const SQL_DIRECTORY = "/opt/lakehouse/sql";
export const SQL_FILE = "setup.sql";

const client = (host: string): string =>
  `clickhouse-client --host ${shellWord(host)} --receive_timeout 3600 --multiquery`;

/** Variables of the setup with the keys of Iceberg tables' files. */
export const LAKE_KEYS = { access: "LAKE_ACCESS_KEY", secret: "LAKE_SECRET_KEY" } as const;

type Statements = ReturnType<typeof lakeDatabase>;

/** Waits for every server, then runs the statements of the setup. @param lake the statements around the keys of files */
export const setupScript = (host: string, servers: number, lake: Statements | undefined): string =>
  [
    `until [ "$(${client(host)} --query ${shellWord(`SELECT count() FROM clusterAllReplicas('${CLUSTER}', system.one)`)})" = ${String(servers)} ]; do`,
    `  echo "waits for ${String(servers)} servers" >&2`,
    "  sleep 5",
    "done",
    `${client(host)} --queries-file ${SQL_DIRECTORY}/${SQL_FILE}`,
    // Last, because it fails while the catalog is away.
    ...(lake === undefined ? [] : lakeLines(host, lake)),
    'echo "databases and tables are those of the settings"',
  ].join("\n");

/** `printf` is the shell's own: the keys are in no list of processes. The client repeats a failed statement, so its output is edited. */
function lakeLines(host: string, [before, between, after]: Statements): readonly string[] {
  const { access, secret } = LAKE_KEYS;
  const parts = [shellWord(before), `"$${access}"`, shellWord(between), `"$${secret}"`, shellWord(after)];
  return [
    `said="$(printf %s ${parts.join(" ")} | ${client(host)} 2>&1)" || {`,
    `  echo "lakehouse: \${said//"$${secret}"/***}" >&2`,
    "  exit 1",
    "}",
  ];
}

/** Codes of ClickHouse's errors. */
const ALREADY = "BACKUP_ALREADY_EXISTS";
const NOT_FOUND = "BACKUP_NOT_FOUND";

/** Databases without backup: those of the server itself, and the catalog, whose tables are elsewhere. */
const EXCEPT = "system, information_schema, INFORMATION_SCHEMA, lakehouse";
/** Tables that back up users and rights created by SQL. */
const PEOPLE = ["users", "roles", "settings_profiles", "row_policies", "quotas"];

/**
 * Backs up all databases: in full once a week, then incrementally on that one. The server refuses a second backup of the same name, so
 * no state records whether the week has its full one. A broken full backup is no base, so another full one replaces it. Users created
 * by SQL are a backup of their own.
 */
export const backupScript = (host: string): string =>
  [
    'week="$(date -u +%G-W%V)"',
    'now="$(date -u +%FT%H%M%S)"',
    "# What, to where, and on top of what.",
    "copy() {",
    `  ${client(host)} --query "BACKUP $1 ON CLUSTER '${CLUSTER}' TO S3(${BACKUPS}, '$2')\${3:+ SETTINGS base_backup = S3(${BACKUPS}, '$3')}" 2>&1`,
    "}",
    `all="ALL EXCEPT DATABASES ${EXCEPT}"`,
    "tables() {",
    '  said="$(copy "$all" "$week/full")" && return 0',
    '  case "$said" in',
    `    *${ALREADY}*) said="$(copy "$all" "$week/$now" "$week/full")" && return 0 ;;`,
    "  esac",
    '  case "$said" in',
    `    *${NOT_FOUND}*) said="$(copy "$all" "$week/$now-full")" && return 0 ;;`,
    "  esac",
    "  return 1",
    "}",
    "people() {",
    `  said="$(copy "${PEOPLE.map((each) => `TABLE system.${each}`).join(", ")}" "$week/$now-users")"`,
    "}",
    "for part in tables people; do",
    '  "$part" || { echo "$part: $said" >&2; exit 1; }',
    '  echo "$part: $said"',
    "done",
  ].join("\n");
