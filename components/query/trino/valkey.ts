import type { Endpoint } from "../../core/endpoint";
import { json, properties } from "../../core/render";
import { fields } from "./fields";
import type { TrinoSettings } from "./settings";

/** Keys of Valkey as tables of Trino, as pure functions of settings. A row is a hash, or a string with JSON. */

type KeyTable = TrinoSettings["valkey"]["tables"][number];

/** Directory in every pod of a description of each table. */
export const VALKEY_DIRECTORY = "/etc/trino/valkey";
const SCHEMA = "default";

/** What the keys of a table begin with: the name of its set up to the last `:`. */
export const prefixOf = ({ keys }: Pick<KeyTable, "keys">): string => keys.slice(0, keys.lastIndexOf(":") + 1);

/** The connector knows no TLS. */
export function valkeyCatalog({ host, port }: Pick<Endpoint, "host" | "port">, tables: readonly KeyTable[]): string {
  return properties({
    "connector.name": "redis",
    "redis.nodes": `${host}:${String(port)}`,
    "redis.user": "${ENV:TRINO_VALKEY_USER}",
    "redis.password": "${ENV:TRINO_VALKEY_PASSWORD}",
    "redis.table-description-dir": VALKEY_DIRECTORY,
    "redis.table-names": tables.map(({ table }) => `${SCHEMA}.${table}`).join(","),
    "redis.default-schema": SCHEMA,
  });
}

export const valkeyFiles = (tables: readonly KeyTable[]): Record<string, string> =>
  Object.fromEntries(tables.map((table) => [`${table.table}.json`, json(description(table))]));

/**
 * Keys of the rows are members of a sorted set: without one the connector would list the keys of the whole server, which no client
 * may.
 */
function description({ table, keys, format, columns }: KeyTable): object {
  return {
    schemaName: SCHEMA,
    tableName: table,
    key: { dataFormat: "zset", name: keys },
    value: { dataFormat: format, fields: fields(columns) },
  };
}
