import type { Connections } from "./connections";
import type { HasuraSettings } from "./settings";
import type { Permissions, Relationship, Source, Table } from "./tables";

/** Hasura's metadata, version 3, from the settings: names are those of its metadata API. Pure. */

/** Variable with the URL of a source. Hasura takes none whose name begins with HASURA_. */
export const sourceVariable = (name: string): string => `SOURCE_${name.toUpperCase()}_URL`;

const ALLOWED = "allowed";

const by = (relationships: readonly Relationship[], kind: Relationship["to"]) =>
  relationships
    .filter(({ to }) => to === kind)
    .map(({ name, schema, table, columns }) => ({
      name,
      using: { manual_configuration: { remote_table: { schema, name: table }, column_mapping: columns } },
    }));

const sorted = (columns: readonly string[]) => [...new Set(columns)].toSorted();
const preset = (set: object) => (Object.keys(set).length === 0 ? {} : { set });

/** Rules of one kind, by role. */
function rules(
  roles: Table["roles"],
  permission: (of: Permissions) => object | undefined,
): { readonly role: string; readonly permission: object }[] {
  return Object.entries(roles)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([role, of]) => {
      const made = permission(of);
      return made === undefined ? [] : [{ role, permission: made }];
    });
}

/** Lists that are empty are left out, as Hasura does where it writes metadata. */
const filled = <T extends Readonly<Record<string, readonly object[]>>>(lists: T): Partial<T> =>
  Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)) as Partial<T>;

const table = ({ schema, name, relationships, roles }: Table, rows: number) => ({
  table: { schema, name },
  ...filled({
    object_relationships: by(relationships, "one"),
    array_relationships: by(relationships, "many"),
    insert_permissions: rules(
      roles,
      ({ insert }) => insert && { check: insert.check, columns: sorted(insert.columns), ...preset(insert.set) },
    ),
    select_permissions: rules(
      roles,
      ({ select }) =>
        select && {
          columns: sorted(select.columns),
          filter: select.rows,
          limit: select.limit ?? rows,
          allow_aggregations: select.aggregations,
        },
    ),
    update_permissions: rules(
      roles,
      ({ update }) =>
        update && {
          columns: sorted(update.columns),
          filter: update.rows,
          check: update.check ?? {},
          ...preset(update.set),
        },
    ),
    delete_permissions: rules(roles, (role) => role.delete && { filter: role.delete.rows }),
  }),
});

const customization = ({ prefix }: Source) =>
  prefix === undefined ? {} : { customization: { root_fields: { prefix }, type_names: { prefix } } };

/** What Hasura serves. */
export function metadata({ sources, operations, limits }: HasuraSettings, { pool }: Connections) {
  return {
    version: 3,
    sources: sources.map((source) => ({
      name: source.name,
      kind: "postgres",
      ...customization(source),
      configuration: {
        connection_info: {
          database_url: { from_env: sourceVariable(source.name) },
          isolation_level: "read-committed",
          use_prepared_statements: true,
          // Callers wait for a free connection no longer than for a statement.
          pool_settings: { max_connections: pool, idle_timeout: 180, pool_timeout: limits.seconds, retries: 1 },
        },
      },
      tables: source.tables.map((one) => table(one, limits.rows)),
    })),
    ...(operations.length === 0
      ? {}
      : {
          query_collections: [{ name: ALLOWED, definition: { queries: operations } }],
          allowlist: [{ collection: ALLOWED, scope: { global: true } }],
        }),
  };
}

/** The request that puts it in the place of what Hasura had, or changes nothing where a part of it does not fit the databases. */
export const replacement = (settings: HasuraSettings, connections: Connections) => ({
  type: "replace_metadata",
  version: 2,
  args: { allow_inconsistent_metadata: false, metadata: metadata(settings, connections) },
});
