import type { IndexRequest } from "../../core/capabilities";
import { fingerprint } from "../../core/fingerprint";

/** Users and roles of the nodes' files (`users`, `users_roles`, `roles.yml`). Pure. */

/** Superuser, for the setup and for people. */
export const ADMIN = "lakehouse-admin";
const SUPERUSER = "superuser";

export interface Role {
  readonly cluster: readonly string[];
  readonly indices: readonly { readonly names: readonly string[]; readonly privileges: readonly string[] }[];
  readonly applications?: readonly Application[];
}
interface Application {
  readonly application: string;
  readonly privileges: readonly string[];
  readonly resources: readonly string[];
}

/** Reading documents; listing names, mappings, sizes. */
const READ = ["read", "view_index_metadata", "monitor"];

const INDEX_RIGHTS: Readonly<Record<IndexRequest["level"], readonly string[]>> = {
  read: READ,
  // Adds documents, reads and changes none.
  append: ["create_doc", "auto_configure"],
  // Writes documents and creates an index by its template; deletes none.
  write: [...READ, "write", "auto_configure"],
  own: ["all"],
};

/** Version, nodes and state of the cluster, for any client. */
const CLUSTER_READ = [
  "cluster:monitor/health",
  "cluster:monitor/main",
  "cluster:monitor/nodes/info",
  "cluster:monitor/state",
];

export function clientRole(access: readonly IndexRequest[]): Role {
  const sorted = access.toSorted((one, other) =>
    `${one.prefix} ${one.level}`.localeCompare(`${other.prefix} ${other.level}`),
  );
  const owns = sorted.some(({ level }) => level === "own");
  return {
    cluster: [...CLUSTER_READ, ...(owns ? ["manage_index_templates"] : [])],
    indices: sorted.map(({ prefix, level }) => ({ names: [`${prefix}*`], privileges: INDEX_RIGHTS[level] })),
  };
}

/** For the exporter: how the cluster, its nodes and its copies are, and no document. */
export const MONITOR: Role = {
  cluster: ["monitor", "monitor_snapshot"],
  indices: [{ names: ["*"], privileges: ["monitor", "view_index_metadata"] }],
};

/** Kibana's own user has a role of Elasticsearch's. */
export const NOTHING: Role = { cluster: [], indices: [] };
export const KIBANA_SYSTEM = "kibana_system";

/** Access of a person to Kibana's spaces. */
export const spaceRights = (level: "read" | "write", spaces: readonly string[]): Application[] =>
  spaces.length === 0
    ? []
    : [
        {
          application: "kibana-.kibana",
          privileges: [level === "read" ? "space_read" : "space_all"],
          resources: spaces.map((space) => `space:${space}`),
        },
      ];

export const roleName = (client: string): string => `lakehouse-${client}`;

/** Application of a mark that each role has, by which the setup sees that a node has read this version of it. */
const MARK = "lakehouse";
const mark = (role: Role) => ({
  application: MARK,
  privileges: [`rights:${fingerprint(JSON.stringify(role))}`],
  resources: ["*"],
});

/** The request by which a user asks a node whether it has a role's rights. */
export const question = (role: Role): string => JSON.stringify({ application: [mark(role)] });

/** One client: its rights, further roles of Elasticsearch's own, and its users. */
export interface Client {
  readonly role: Role;
  readonly roles: readonly string[];
  readonly users: readonly string[];
}

/** `roles.yml`. JSON is YAML. */
export const rolesFile = (clients: ReadonlyMap<string, Client>): string =>
  [...clients]
    .map(([name, { role }]): [string, Role] => [
      roleName(name),
      { ...role, applications: [...(role.applications ?? []), mark(role)] },
    ])
    .map(([name, role]) => `${name}: ${JSON.stringify(role)}\n`)
    .join("");

/** `users_roles`: a line for each role. */
export function usersRolesFile(clients: ReadonlyMap<string, Client>): string {
  const byRole = new Map<string, string[]>([[SUPERUSER, [ADMIN]]]);
  for (const [name, { roles, users }] of clients)
    for (const role of [roleName(name), ...roles]) byRole.set(role, [...(byRole.get(role) ?? []), ...users]);
  return [...byRole].map(([role, users]) => `${role}:${users.join(",")}\n`).join("");
}

/** `users`: a line for each user with the hash of its password. */
export const usersFile = (hashes: Readonly<Record<string, string>>): string =>
  Object.entries(hashes)
    .map(([user, hash]) => `${user}:${hash}\n`)
    .join("");

/** Users with the question of each, as the setup's script reads them. */
export const knownUsers = (clients: ReadonlyMap<string, Client>): string =>
  [...clients.values()].flatMap(({ role, users }) => users.map((user) => `${user} ${question(role)}\n`)).join("");
