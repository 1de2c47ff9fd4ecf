import { createHash } from "node:crypto";

import { serviceHost } from "../../core/endpoint";
import { mainContainer, type PodGroup } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import type { ValkeySettings } from "./settings";

/**
 * Valkey's files and scripts, as pure functions. None contains a password: passwords come from Secrets at start, and the ACL file
 * has hashes.
 */

export const PORT = 6379;
export const METRICS = { portName: "metrics", port: 9121 } as const;
/** Headless Service, which gives each server a name in DNS. */
export const HEADLESS = "valkey-servers";
export const DATA_DIRECTORY = "/srv/valkey";
export const RUN_DIRECTORY = "/opt/lakehouse/run";
export const CONFIG_DIRECTORY = "/opt/lakehouse/conf";
export const USERS_DIRECTORY = "/opt/lakehouse/users";
export const USERS_FILE = "users.acl";
export const READY_FILE = "ready.sh";

/** User for replication and for reloading the ACL file. */
export const SERVER_USER = "valkey-server";
export const MONITOR_USER = "valkey-monitor";

const USERS = `${USERS_DIRECTORY}/${USERS_FILE}`;
const LOADED = `${RUN_DIRECTORY}/loaded.acl`;
/** `valkey-cli` for this pod's own server or another one; the password is in the environment. */
const client = (host: string) => `timeout 5 valkey-cli -h "${host}" -p ${String(PORT)} --user ${SERVER_USER}`;

export const serverName = (number: number): string => `valkey-server-${String(number)}`;
const hostOf = (number: number, namespace: string) => `${serverName(number)}.${serviceHost(HEADLESS, namespace)}`;

/** Share of memory for data: replication buffers and a rewrite of the log take the rest. */
const DATA_SHARE = 0.6;

export function serverConf(group: PodGroup, { durability, whenFull, server }: ValkeySettings): string {
  const lines = [
    `port ${String(PORT)}`,
    `dir ${DATA_DIRECTORY}`,
    `aclfile ${USERS}`,
    `maxmemory ${String(Math.floor((DATA_SHARE * mainContainer(group).limits.memory) / MiB))}mb`,
    `maxmemory-policy ${whenFull === "refuse-writes" ? "noeviction" : "volatile-lru"}`,
    // The log contains all data: snapshots would only take disk a second time.
    'save ""',
    "appendonly yes",
    `appendfsync ${durability === "every-write" ? "always" : "everysec"}`,
    `primaryuser ${SERVER_USER}`,
    // A writer without replicas, such as one that is cut off, accepts no writes, which would be lost with it.
    ...(server.replicas > 1 ? ["min-replicas-to-write 1", "min-replicas-max-lag 10"] : []),
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * Starts a server: the writer, or a replica of it. A writer without data starts only when no other server has any, because replicas
 * would delete theirs. The password goes through standard input, so that no list of processes shows it.
 */
export function startScript({ server: { replicas }, writer }: ValkeySettings, namespace: string): string {
  const others = Array.from({ length: replicas }, (_, number) => number).filter((number) => number !== writer);
  const guard = [
    `  if [ ! -d ${DATA_DIRECTORY}/appendonlydir ]; then`,
    `    for other in ${others.map((number) => hostOf(number, namespace)).join(" ")}; do`,
    `      until keys="$(${client("$other")} dbsize)" && [ -n "$keys" ] && [ -z "$(echo "$keys" | tr -d 0-9)" ]; do`,
    '        echo "no data here: waits for $other to say whether it has any" >&2',
    "        sleep 2",
    "      done",
    '      if [ "$keys" != 0 ]; then',
    '        echo "no data here, but $other has $keys keys: let it write, or take its data away" >&2',
    "        exit 1",
    "      fi",
    "    done",
    "  fi",
  ];
  return [
    'primary="no one"',
    `if [ "$HOSTNAME" = ${serverName(writer)} ]; then`,
    ...(others.length > 0 ? guard : ["  :"]),
    "else",
    `  primary="${hostOf(writer, namespace)} ${String(PORT)}"`,
    "fi",
    `cp ${USERS} ${LOADED}`,
    `exec valkey-server ${CONFIG_DIRECTORY}/valkey.conf - <<CONFIG`,
    "primaryauth $VALKEYCLI_AUTH",
    "replicaof $primary",
    "CONFIG",
  ].join("\n");
}

/** Readiness probe: the server answers, and has loaded the Secret's current ACL file, which needs no restart. */
export function readyScript(): string {
  const own = client("$HOSTNAME");
  return [
    `if ! cmp -s ${USERS} ${LOADED}; then`,
    `  cp ${USERS} ${LOADED}.next`,
    `  [ "$(${own} acl load)" = OK ] || exit 1`,
    `  mv ${LOADED}.next ${LOADED}`,
    "fi",
    `[ "$(${own} ping)" = PONG ]`,
    "",
  ].join("\n");
}

/** Prefix of one client's keys: without characters that have a meaning in patterns or in the ACL file. */
const PREFIX = /^[a-z0-9][-a-z0-9_.]*:([-a-z0-9_.]+:)*$/;

/**
 * Commands of a client on its own keys. Excluded: administration, commands that list or count keys of others, and what all clients
 * share (functions, the script cache, names of channels).
 */
const CLIENT = "+@all -@admin -@dangerous -scan -randomkey -dbsize -function -pubsub -script|flush -script|kill";

/** Commands of a client without keys of its own. */
const READER = "-@all +@read +@connection -@admin -@dangerous -scan -randomkey -dbsize";

/** The prefix, if it is valid. @throws Error for one that could give access to keys of others */
export function keyPrefix(service: string, prefix: string): string {
  if (PREFIX.test(prefix)) return prefix;
  throw new Error(
    `${service} asks for keys that begin with "${prefix}"; allowed: lower-case letters, digits, '-', '_' and '.', ended by ':'`,
  );
}

const user = (name: string, password: string, rights: string) =>
  `user ${name} on #${createHash("sha256").update(password).digest("hex")} ${rights}`;

/**
 * @param own prefixes of keys and channels that the client may do with as it likes
 * @param read prefixes of keys that it may read
 */
export function clientRule(name: string, password: string, own: readonly string[], read: readonly string[]): string {
  const names = own.toSorted();
  const patterns = [
    ...names.map((prefix) => `~${prefix}*`),
    ...read.toSorted().map((prefix) => `%R~${prefix}*`),
    ...names.map((prefix) => `&${prefix}*`),
  ];
  return user(name, password, `resetchannels ${patterns.join(" ")} ${own.length > 0 ? CLIENT : READER}`);
}

/** The ACL file. It disables the user `default`, which could do everything otherwise. */
export function aclFile(passwords: { readonly server: string; readonly monitor: string }, clients: readonly string[]) {
  const lines = [
    "user default off resetpass resetkeys resetchannels -@all",
    user(SERVER_USER, passwords.server, "~* &* -@all +ping +psync +replconf +role +dbsize +acl|load"),
    user(MONITOR_USER, passwords.monitor, "resetchannels -@all +ping +info +client|setname"),
    ...[...clients].sort(),
  ];
  return `${lines.join("\n")}\n`;
}
