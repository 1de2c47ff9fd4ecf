/** Names of topics in SQL. Pure. */

/** Name of a topic's table: SQL requires quotes around other characters, and dots and commas separate Trino's list of tables. */
export const tableName = (topic: string): string => topic.replaceAll(/[^a-z0-9_]/g, "_");

/** The table whose changes a topic holds, by Debezium's naming of topics; undefined where no followed database has it. */
export function changedTable(
  topic: string,
  databases: readonly string[],
): { readonly database: string; readonly table: string } | undefined {
  const [database = "", schema, ...table] = topic.split(".");
  if (!databases.includes(database) || schema !== "public" || table.length === 0) return undefined;
  return { database, table: table.join(".") };
}
