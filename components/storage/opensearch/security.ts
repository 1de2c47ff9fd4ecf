import type { IndexRequest } from "../../core/capabilities";

/** Who may do what, as the security plugin has it: files of the first start, and roles of clients. Pure. */

/** May do everything; Dashboards shows it all. The setup signs in as it. */
export const ADMIN = "lakehouse-admin";
/** Marks users that the stack made: others are left alone. */
const MARK = "lakehouse";

const file = (type: string, content: object = {}) => JSON.stringify({ _meta: { type, config_version: 2 }, ...content });

/** What the plugin reads at the first start of a cluster. A file that is left out would be one of its examples. */
export function securityFiles(): Readonly<Record<string, string>> {
  return {
    "config.yml": file("config", {
      config: {
        dynamic: {
          // Who asks for all indices gets those that it may see.
          do_not_fail_on_forbidden: true,
          kibana: { multitenancy_enabled: false },
          http: { anonymous_auth_enabled: false },
          authc: {
            basic_internal_auth_domain: {
              http_enabled: true,
              transport_enabled: true,
              order: 0,
              http_authenticator: { type: "basic", challenge: true },
              authentication_backend: { type: "intern" },
            },
          },
          authz: {},
        },
      },
    }),
    "roles.yml": file("roles"),
    "roles_mapping.yml": file("rolesmapping", { all_access: { reserved: true, backend_roles: ["admin"] } }),
    "action_groups.yml": file("actiongroups"),
    "tenants.yml": file("tenants"),
    "nodes_dn.yml": file("nodesdn"),
    "allowlist.yml": file("allowlist", { config: { enabled: false, requests: {} } }),
    "audit.yml": file("audit", { config: { enabled: false } }),
  };
}

/** Listing names, settings, mappings; reading documents. */
const READ = [
  "read",
  "indices:admin/aliases/get",
  "indices:admin/get",
  "indices:admin/mappings/get",
  "indices:admin/shards/search_shards",
  "indices:monitor/settings/get",
  "indices:monitor/stats",
];

const INDEX_RIGHTS: Readonly<Record<IndexRequest["level"], readonly string[]>> = {
  read: READ,
  // Adds documents: an index of a data stream takes no others. Fields that are new are added to its mapping.
  append: ["indices:data/write/bulk*", "indices:data/write/index", "create_index", "indices:admin/mapping/auto_put"],
  // Writes documents and lets an index come into being by its template; takes none away.
  write: [...READ, "write", "create_index", "indices:admin/auto_create"],
  own: ["indices_all"],
};

/** What any client may ask of the cluster: for its version, for many things at once, the next page. */
const CLUSTER_READ = [
  "cluster:monitor/main",
  "cluster:monitor/nodes/info",
  "cluster:monitor/state",
  "cluster:monitor/health",
];
const CLUSTER_RIGHTS: Readonly<Record<IndexRequest["level"], readonly string[]>> = {
  read: ["cluster_composite_ops_ro", "indices:data/read/scroll/clear"],
  append: ["indices:data/write/bulk"],
  write: ["cluster_composite_ops", "indices:data/read/scroll/clear"],
  own: ["cluster_composite_ops", "indices:data/read/scroll/clear", "indices:admin/index_template/*"],
};

export interface Role {
  readonly cluster_permissions: readonly string[];
  readonly index_permissions: readonly {
    readonly index_patterns: readonly string[];
    readonly allowed_actions: readonly string[];
  }[];
}

export function clientRole(access: readonly IndexRequest[]): Role {
  const sorted = access.toSorted((one, other) =>
    `${one.prefix} ${one.level}`.localeCompare(`${other.prefix} ${other.level}`),
  );
  const levels = new Set(sorted.map(({ level }) => level));
  return {
    cluster_permissions: [
      ...new Set([...CLUSTER_READ, ...[...levels].flatMap((level) => CLUSTER_RIGHTS[level])]),
    ].toSorted(),
    index_permissions: sorted.map(({ prefix, level }) => ({
      index_patterns: [`${prefix}*`],
      allowed_actions: INDEX_RIGHTS[level],
    })),
  };
}

/** Sees how the cluster, its nodes and its copies are, and no document. */
export const MONITOR: Role = {
  cluster_permissions: ["cluster:monitor/*", "cluster:admin/repository/get", "cluster:admin/snapshot/get"],
  index_permissions: [{ index_patterns: ["*"], allowed_actions: ["indices:monitor/*"] }],
};

export const roleName = (name: string): string => `${MARK}-${name}`;

/** A call of the security plugin's API, as the setup's script reads it. */
export const roleLine = (name: string, role: Role): string =>
  `PUT /_plugins/_security/api/roles/${roleName(name)} ${JSON.stringify(role)}`;

export const userLine = (user: string, password: string, roles: readonly string[]): string =>
  `PUT /_plugins/_security/api/internalusers/${user} ${JSON.stringify({ password, opendistro_security_roles: roles, attributes: { [MARK]: "granted" } })}`;
