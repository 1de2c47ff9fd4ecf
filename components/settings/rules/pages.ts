import type { Rule } from "../rule";

/** Pages of DuckDB's results lie in the cache; without one they are known to the replica alone that ran the query. */
export const sharedPages: Rule = function* ({ query: { queryApi }, storage: { valkey } }) {
  const { enabled, duckdb, server } = queryApi;
  if (!enabled || !duckdb.enabled || server.replicas === 1 || valkey.enabled) return;
  yield {
    path: "lakehouse:query.queryApi.duckdb.enabled",
    message: `given true with ${String(server.replicas)} replicas while lakehouse:storage.valkey.enabled is false: the next page of a result would be asked of another replica; allowed: Valkey on, one replica (server.replicas), or DuckDB off`,
  };
};
