import { z } from "zod";

import { count, section } from "../../fields/fields";
import { type Filter, NAME, NAME_WORDS } from "./filter";

/** Settings of sources: databases, tables, and what each role may do with them. */

const ROLE = "the name of a role: letters, digits, '_' and '-', beginning with a letter, and not admin";
const SOURCE = "lower-case words of letters and digits joined by '_', each beginning with a letter, at most 20";
const DATABASE = "the name of a database: lower-case letters, digits and '_', beginning with a letter";
const COLUMNS = "a list of columns";

const name = (what: string) => {
  const error = `${what}: ${NAME_WORDS}`;
  return z.string({ error }).regex(NAME, { error });
};
const column = name("the name of a column");
const columns = z.array(column, { error: COLUMNS }).min(1, { error: "at least one column" });

export const roleName = z.string({ error: ROLE }).regex(/^(?!admin$)[A-Za-z][A-Za-z0-9_-]{0,62}$/i, { error: ROLE });

const RULE = "a rule such as { customer_id: { _eq: X-Hasura-User-Id } }, or {} for every row";
/** Its contents are judged where the tables around it are known: filter.ts. */
const rows = z.record(z.string(), z.unknown(), { error: RULE }).transform((value): Filter => value);
const presets = z
  .record(z.string(), z.unknown(), { error: "values by column, such as { customer_id: X-Hasura-User-Id }" })
  .transform((value): Filter => value)
  .default({})
  .describe("values that every row gets, whatever the caller gives; default none");

const permissions = section({
  select: section({
    columns: columns.describe("columns that it sees"),
    rows: rows.describe("rows that it sees; {} for every row"),
    limit: count(1, 1_000_000).optional().describe("rows of one answer; default limits.rows"),
    aggregations: z.boolean().default(false).describe("whether it may count and sum; default false"),
  }).optional(),
  insert: section({
    columns: columns.describe("columns that it gives"),
    check: rows.describe("what new rows must be like; {} for any"),
    set: presets,
  }).optional(),
  update: section({
    columns: columns.describe("columns that it changes"),
    rows: rows.describe("rows that it changes; {} for every row"),
    check: rows.optional().describe("what changed rows must be like; default any"),
    set: presets,
  }).optional(),
  delete: section({ rows: rows.describe("rows that it deletes; {} for every row") }).optional(),
});

const schemaName = name("the name of a schema").default("public").describe("default public");

const relationship = section({
  name: name("the name of a relationship").describe("field in GraphQL"),
  to: z
    .enum(["one", "many"], { error: "one of one, many" })
    .describe("rows of the other table that belong to one of this"),
  schema: schemaName,
  table: name("the name of a table").describe("the other table, which is in the list too"),
  columns: z
    .record(column, column, { error: "a map of this table's columns to the other's, such as { id: order_id }" })
    .refine((value) => Object.keys(value).length > 0, { error: "at least one column" })
    .describe("columns of this table, each with the column of the other table that is equal"),
});

const table = section({
  schema: schemaName,
  name: name("the name of a table or view").describe("a table or a view"),
  relationships: z
    .array(relationship, { error: "a list of relationships: { name, to, table, columns }" })
    .default([])
    .describe("fields that lead to other tables; default none"),
  sequences: z
    .array(name("the name of a sequence"), { error: "a list of sequences" })
    .default([])
    .describe("sequences that defaults of its columns draw from; identity columns need none; default none"),
  roles: z
    .record(roleName, permissions, { error: "a map of roles to what they may: { select, insert, update, delete }" })
    .default({})
    .describe("what each role may do; default nobody anything"),
});

export const source = section({
  name: z
    .string({ error: SOURCE })
    .max(20, { error: SOURCE })
    .regex(/^[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*$/, { error: SOURCE })
    .describe("name in Hasura's metadata, and end of its PostgreSQL user's name"),
  database: z
    .string({ error: DATABASE })
    .regex(/^[a-z][a-z0-9_]{0,62}$/, { error: DATABASE })
    .describe("database of the stack's PostgreSQL; one that nobody owns is created"),
  prefix: z
    .string({ error: NAME_WORDS })
    .regex(NAME, { error: NAME_WORDS })
    .optional()
    .describe("begin of its fields and types in GraphQL, where two sources have tables of one name; default none"),
  tables: z
    .array(table, { error: "a list of tables: { name, roles }" })
    .default([])
    .describe("tables and views that are served; they must exist; default none"),
});

export type Source = z.output<typeof source>;
export type Table = z.output<typeof table>;
export type Relationship = z.output<typeof relationship>;
export type Permissions = z.output<typeof permissions>;

/** `public.orders` */
export const tableKey = ({ schema, name: own }: { readonly schema: string; readonly name: string }): string =>
  `${schema}.${own}`;

/** Field of a table in GraphQL: Hasura puts a schema other than `public` before the name. */
export const rootField = ({ prefix = "" }: Source, { schema, name: own }: Table): string =>
  `${prefix}${schema === "public" ? "" : `${schema}_`}${own}`;
