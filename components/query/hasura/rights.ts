import type { TableRight, TableUser } from "../../core/capabilities";
import { type Connections } from "./connections";
import type { Source, Table } from "./tables";

/** What a source's PostgreSQL user may do: no more than what its roles may, all together. Pure. */

/**
 * Hasura selects every column of a table and leaves it to its own SQL which of them a role sees, and returns whole rows of changes:
 * so it reads whole tables. It names every column of a new row too, so that only changes can be bound to columns.
 */
function right({ schema, name: table, sequences, roles }: Table): TableRight {
  const all = Object.values(roles);
  const inserts = all.some(({ insert }) => insert !== undefined);
  const deletes = all.some((role) => role.delete !== undefined);
  const update = all.flatMap((role) => [...(role.update?.columns ?? []), ...Object.keys(role.update?.set ?? {})]);
  return {
    schema,
    table,
    privileges: ["SELECT", ...(inserts ? ["INSERT" as const] : []), ...(deletes ? ["DELETE" as const] : [])],
    update: [...new Set(update)].toSorted(),
    sequences: inserts ? sequences : [],
  };
}

export const sourceUser = (
  { name, database, tables }: Source,
  { bound }: Connections,
  statementSeconds: number,
): TableUser => ({ name, database, tables: tables.map(right), connections: bound, statementSeconds });
