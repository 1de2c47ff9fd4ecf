import type { VectorRequest } from "../../core/vector-spaces";
import { fingerprint } from "../../core/fingerprint";

/** Roles of clients and what they may do, by names of upstream's privileges. Pure. */

/** Roles that begin so are the stack's. */
export const OURS = "lakehouse_";

const READ = [
  "DescribeAlias",
  "DescribeCollection",
  "DescribeDatabase",
  "GetFlushState",
  "GetLoadState",
  "GetLoadingProgress",
  "GetStatistics",
  "HasPartition",
  "IndexDetail",
  "ListAliases",
  "Query",
  "Search",
  "ShowCollections",
  "ShowPartitions",
];

/** Privileges in one database. */
const PRIVILEGES: Readonly<Record<VectorRequest["level"], readonly string[]>> = {
  read: READ,
  write: [
    ...READ,
    "Compaction",
    "CreateAlias",
    "CreateCollection",
    "CreateIndex",
    "CreatePartition",
    "Delete",
    "DropAlias",
    "DropCollection",
    "DropIndex",
    "DropPartition",
    "Flush",
    "Import",
    "Insert",
    "Load",
    "LoadBalance",
    "Release",
    "Upsert",
  ],
};

/** Milvus takes letters, digits and `_` only. */
export const spelled = (user: string): string => user.replaceAll("-", "_");

/** What one client may do. */
export interface ClientRights {
  readonly service: string;
  readonly access: readonly VectorRequest[];
  /** As Milvus spells them. */
  readonly users: readonly string[];
}

/**
 * Name of a client's role, and its rights as `<space> <privilege>`. The name follows from the rights, so that a role never changes: a
 * client with other rights has another role, and loses the one before.
 */
export function clientRole({ service, access }: Pick<ClientRights, "service" | "access">) {
  const levels = new Map<string, VectorRequest["level"]>();
  for (const { space, level } of access) if (levels.get(space) !== "write") levels.set(space, level);
  const rights = [...levels]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([space, level]) => PRIVILEGES[level].map((privilege) => `${space} ${privilege}`));
  return { name: `${OURS}${spelled(service)}_${fingerprint(rights.join("\n")).slice(0, 8)}`, rights };
}

/** Lines of the task's file, without passwords: spaces, and each client's role before its users. */
export function rightsLines(clients: readonly ClientRights[]): string[] {
  const spaces = new Set(clients.flatMap(({ access }) => access.map(({ space }) => space)));
  return [
    ...[...spaces].toSorted().map((space) => `database ${space}`),
    ...clients.flatMap((client) => {
      const { name, rights } = clientRole(client);
      return [...rights.map((right) => `role ${name} ${right}`), ...client.users.map((user) => `user ${user} ${name}`)];
    }),
  ];
}

/** The task's file. Names and passwords are letters, digits and `_`. */
export const rightsFile = (lines: readonly string[], passwords: Readonly<Record<string, string>>): string =>
  lines
    .map((line) => {
      const [kind, user = ""] = line.split(" ");
      return kind === "user" ? `${line} ${passwords[user] ?? ""}\n` : `${line}\n`;
    })
    .join("");
