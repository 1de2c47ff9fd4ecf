import { json } from "../../core/render";
import { ETC } from "./config";
import type { PrestoSettings, ResourceGroup } from "./settings";

/** Who may do what, and how much at once, as pure functions of the settings. */

/** The catalogs' names in SQL. */
export const ICEBERG = "lakehouse";
export const HIVE = "hive";

type Write = PrestoSettings["write"];

/** Rules over whole catalogs: all are read only, but Iceberg's where one of its schemas may be written to. */
export function catalogRules(catalogs: readonly string[], { enabled }: Write): string {
  return json({
    catalogs: catalogs.map((catalog) => ({ catalog, allow: catalog === ICEBERG && enabled ? "all" : "read-only" })),
  });
}

export const TABLE_RULES_FILE = "tables.json";
export const TABLE_RULES = `${ETC}/${TABLE_RULES_FILE}`;

/** Rules within Iceberg's catalog. Nobody makes a schema, and nobody calls a procedure: no rule allows one. */
export function tableRules({ enabled, schema }: Write): string {
  const own = { schema, privileges: ["SELECT", "INSERT", "DELETE", "UPDATE", "OWNERSHIP", "GRANT_SELECT"] };
  return json({
    schemas: [...(enabled ? [{ schema, owner: true }] : []), { owner: false }],
    tables: [...(enabled ? [own] : []), { privileges: ["SELECT"] }],
    sessionProperties: [{ allow: true }],
  });
}

/** The group of all queries. */
export const ROOT = "lakehouse";
const escaped = (text: string) => text.replaceAll(/[.\\+*?[\](){}|^$]/g, String.raw`\$&`);
const either = (words: readonly string[], end: string) => `(${words.map(escaped).join("|")})${end}`;

/**
 * Groups below one root, and who is in which. A group with a limit for each user has one group for each below it.
 * @param concurrency queries that run at the same time in all groups
 */
export function resourceGroups(groups: readonly ResourceGroup[], concurrency: number): string {
  const limits = (name: string, running: number, queued: number, memory: number) => ({
    name,
    hardConcurrencyLimit: running,
    maxQueued: queued,
    softMemoryLimit: `${String(memory)}%`,
    schedulingPolicy: "fair",
  });
  // Of users there may be many; of groups the metrics say how many queries run and wait.
  const seen = { jmxExport: true };
  return json({
    rootGroups: [
      {
        ...limits(
          ROOT,
          concurrency,
          groups.reduce((sum, { queued }) => sum + queued, 0),
          100,
        ),
        ...seen,
        subGroups: groups.map(({ name, running, queued, memory, perUser }) => ({
          ...limits(name, running, queued, memory),
          ...seen,
          ...(perUser === undefined ? {} : { subGroups: [limits("${USER}", perUser, queued, memory)] }),
        })),
      },
    ],
    selectors: groups.map(({ name, sources, users, perUser }) => ({
      ...(sources.length === 0 ? {} : { source: either(sources, ".*") }),
      ...(users.length === 0 ? {} : { user: either(users, "") }),
      group: `${ROOT}.${name}${perUser === undefined ? "" : ".${USER}"}`,
    })),
  });
}
