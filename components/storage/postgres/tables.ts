import * as postgresql from "@pulumi/postgresql";
import type * as pulumi from "@pulumi/pulumi";

import type { TableRight, TableUser } from "../../core/capabilities";

/** Rights of one user on tables, views and sequences of one database. */

export interface TableGrantsArgs {
  /** Begin of the resources' names: `hasura-shop`. */
  readonly base: string;
  /** Name of a role in SQL. */
  readonly sql: (name: string) => string;
  readonly user: TableUser;
  readonly database: pulumi.Input<string>;
  readonly admin: pulumi.CustomResourceOptions;
}

export interface TableGrants {
  /** Role that may change columns, of which the user is a member. Undefined where none may be changed. */
  readonly updater: postgresql.Role | undefined;
  /** Makes the rights of the user's role. */
  readonly grant: (role: postgresql.Role) => pulumi.Resource[];
}

/**
 * Each right is its own resource, so that one that goes is revoked. A changed right on a table first revokes all on it, those on its
 * columns too: so rights on columns are those of another role.
 */
export function grantTables({ base, sql, user, database, admin }: TableGrantsArgs): TableGrants {
  const right = (name: string, role: postgresql.Role, args: Omit<postgresql.GrantArgs, "database" | "role">) =>
    new postgresql.Grant(`${base}-${name}`, { database, role: role.name, ...args }, admin);
  const { tables } = user;
  const changed = tables.flatMap((table) =>
    table.update === undefined || table.update.length === 0
      ? []
      : [{ ...table, columns: [...table.update].toSorted() }],
  );
  const updater =
    changed.length === 0
      ? undefined
      : new postgresql.Role(`${base}-update`, { name: sql(`${base}-update`), login: false }, admin);
  const grant = (role: postgresql.Role): pulumi.Resource[] => [
    right("database", role, { objectType: "database", privileges: ["CONNECT"] }),
    ...schemas(tables).map((schema) =>
      right(`schema-${schema}`, role, { objectType: "schema", schema, privileges: ["USAGE"] }),
    ),
    ...tables.map(({ schema, table, privileges }) =>
      right(`table-${schema}-${table}`, role, {
        objectType: "table",
        schema,
        objects: [table],
        privileges: [...privileges],
      }),
    ),
    ...sequences(tables).map(([schema, objects]) =>
      right(`sequences-${schema}`, role, { objectType: "sequence", schema, objects, privileges: ["USAGE"] }),
    ),
    ...(updater === undefined
      ? []
      : changed.map(({ schema, table, columns }) =>
          right(`columns-${schema}-${table}`, updater, {
            objectType: "column",
            schema,
            objects: [table],
            columns,
            privileges: ["UPDATE"],
          }),
        )),
  ];
  return { updater, grant };
}

const schemas = (tables: readonly TableRight[]) => [...new Set(tables.map(({ schema }) => schema))].toSorted();

/** Sequences by schema. */
function sequences(tables: readonly TableRight[]): [string, string[]][] {
  return schemas(tables).flatMap((schema) => {
    const own = tables.filter((table) => table.schema === schema).flatMap((table) => table.sequences ?? []);
    return own.length === 0 ? [] : [[schema, [...new Set(own)].toSorted()]];
  });
}
