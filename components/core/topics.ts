/** Names of topics in SQL. Pure. */

/** SQL wants quotes around other characters, and Trino's own list of tables is divided by dots and commas. */
export const tableName = (topic: string): string => topic.replaceAll(/[^a-z0-9_]/g, "_");

/** The table whose changes a topic holds, as Debezium names topics; undefined where it is no database's that is followed. */
export function changedTable(
  topic: string,
  databases: readonly string[],
): { readonly database: string; readonly table: string } | undefined {
  const [database = "", schema, ...table] = topic.split(".");
  if (!databases.includes(database) || schema !== "public" || table.length === 0) return undefined;
  return { database, table: table.join(".") };
}
