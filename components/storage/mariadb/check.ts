import type { Mistake } from "../../fields/mistakes";
import type { MariadbSettings } from "./settings";

/** Databases are unique: one that is listed twice would have two owners of one name. */
export function* uniqueDatabases({ databases }: MariadbSettings): Generator<Mistake> {
  for (const [index, { name }] of databases.entries()) {
    if (databases.findIndex((other) => other.name === name) === index) continue;
    yield {
      path: `lakehouse:storage.mariadb.databases[${String(index)}].name`,
      message: `given "${name}", which is in the list already; allowed: each database once`,
    };
  }
}
