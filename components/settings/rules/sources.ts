import type { Rule } from "../rule";

/** Sources of the stack's MariaDB read databases that it has. PostgreSQL is in every stack, and makes what is asked for. */
export const sourceStores: Rule = function* ({ orchestration: { sources }, storage: { mariadb } }) {
  if (!sources.enabled) return;
  const known = mariadb.databases.map(({ name }) => name);
  for (const [name, item] of Object.entries(sources.items)) {
    if (item.kind !== "jdbc" || item.store !== "mariadb") continue;
    const path = `lakehouse:orchestration.sources.items.${name}`;
    if (!mariadb.enabled)
      yield {
        path: `${path}.store`,
        message: `given mariadb while lakehouse:storage.mariadb.enabled is false; allowed: true there, or the url of a database elsewhere`,
      };
    else if (item.database !== undefined && !known.includes(item.database))
      yield {
        path: `${path}.database`,
        message: `given "${item.database}", which is not in lakehouse:storage.mariadb.databases; allowed: ${known.join(", ") || "one that is in it"}`,
      };
  }
};
