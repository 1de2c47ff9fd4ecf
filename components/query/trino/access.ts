import { type Access, type Bounded, parties, type Party } from "../../core/access";
import type { SqlRights } from "../../core/capabilities";
import { json } from "../../core/render";
import { SHUTDOWN_USER } from "./config";

/** Who may do what in Trino where people and programs sign in, as pure functions of settings and grants. */

/** The one who reads metrics and nothing else. */
export const SCRAPER = "prometheus";
/** Catalogs of the lake: a schema without another catalog's name is in both. */
const LAKE = ["lakehouse", "delta"];
const OWN = ["SELECT", "INSERT", "DELETE", "UPDATE", "OWNERSHIP"] as const;

/** A program that signs in. */
export interface Client {
  /** Its users, one for each valid generation. */
  readonly users: readonly string[];
  readonly rights: SqlRights;
}

interface Catalogs {
  readonly writable: readonly string[];
  readonly readOnly: readonly string[];
}

/**
 * Rules of Trino's file-based access control. Of several that fit the first counts, so people with several groups have rules of their
 * own, and what bounds a table comes before its schema. What no rule names is denied.
 */
export function rules(access: Access, clients: readonly Client[], catalogs: Catalogs): string {
  const people = parties(access)
    .map((party) => withOwn(party, clients))
    .flat();
  const programs = clients.filter(({ rights }) => rights.everything === true).map(({ users }) => named(users));
  const everybody = "system";
  return json({
    catalogs: [
      ...programs.flatMap((user) => allowed(user, catalogs, () => "all")),
      ...people.flatMap((party) => allowed(named(party.people), catalogs, (catalog) => most(party, catalog))),
      { catalog: everybody, allow: "read-only" },
    ],
    schemas: [
      ...programs.map((user) => ({ user, owner: true })),
      ...people.flatMap(({ people: names, write }) =>
        write.map((schema) => ({ user: named(names), ...place(schema), owner: true })),
      ),
      { owner: false },
    ],
    tables: [
      ...programs.map((user) => ({ user, privileges: [...OWN, "GRANT_SELECT"] })),
      ...people.flatMap(tablesOf),
      { catalog: everybody, privileges: ["SELECT"] },
      { privileges: [] },
    ],
    // One's own are always seen and ended; those of others are not.
    queries: [{ allow: ["execute"] }],
    impersonation: impersonations(access, clients),
    system_information: [
      { user: SHUTDOWN_USER, allow: ["read", "write"] },
      { user: SCRAPER, allow: ["read"] },
      { allow: [] },
    ],
  });
}

/** People with the same rights, apart from those who have a schema of their own besides. */
function withOwn(party: Party, clients: readonly Client[]): Party[] {
  const own = new Map(
    clients.flatMap(({ rights: { as, write = [] } }) =>
      as === undefined || as === "everybody" || write.length === 0 ? [] : as.map((name) => [name, write] as const),
    ),
  );
  const others = party.people.filter((name) => !own.has(name));
  return [
    ...party.people.flatMap((name) => {
      const write = own.get(name);
      return write === undefined ? [] : [{ ...party, people: [name], write: [...party.write, ...write] }];
    }),
    ...(others.length === 0 ? [] : [{ ...party, people: others }]),
  ];
}

/** What a party may at most do in a catalog. */
function most({ write, read }: Party, catalog: string): "all" | "read-only" | undefined {
  const within = (schema: string) => catalogsOf(schema).includes(catalog);
  return write.some(within) ? "all" : read.some(within) ? "read-only" : undefined;
}

function allowed(
  user: string,
  { writable, readOnly }: Catalogs,
  may: (catalog: string) => string | undefined,
): object[] {
  return [...writable, ...readOnly].flatMap((catalog) => {
    const allow = may(catalog);
    return allow === undefined ? [] : [{ user, catalog, allow: readOnly.includes(catalog) ? "read-only" : allow }];
  });
}

function tablesOf({ people, write, read, bounded }: Party): object[] {
  const user = named(people);
  return [
    ...write.map((schema) => ({ user, ...place(schema), privileges: OWN })),
    ...bounded.flatMap((table) => bounds(user, table)),
    ...read.map((schema) => ({ user, ...place(schema), privileges: ["SELECT"] })),
  ];
}

/** A table's own metadata (`orders$partitions`) tell of rows and values that are not read, so nobody reads them there. */
function bounds(user: string, { table, where, masks }: Bounded): object[] {
  const at = table.lastIndexOf(".");
  const name = escaped(table.slice(at + 1));
  const within = { user, ...place(table.slice(0, at)) };
  const columns = Object.entries(masks).map(([column, mask]) => ({ name: column, mask }));
  return [
    {
      ...within,
      table: name,
      privileges: ["SELECT"],
      ...(where === undefined ? {} : { filter: where }),
      ...(columns.length === 0 ? {} : { columns }),
    },
    { ...within, table: `${name}[$].*`, privileges: [] },
  ];
}

function impersonations({ people }: Access, clients: readonly Client[]): object[] {
  const everybody = Object.keys(people);
  const allow = clients.flatMap(({ users, rights: { as } }) => {
    const whom = as === "everybody" ? everybody : (as ?? []);
    return whom.length === 0 ? [] : [{ original_user: named(users), new_user: named(whom) }];
  });
  return [...allow, { original_user: ".*", new_user: ".*", allow: false }];
}

const catalogsOf = (schema: string) => (schema.includes(".") ? [schema.slice(0, schema.indexOf("."))] : LAKE);
const place = (schema: string) => ({
  catalog: catalogsOf(schema).join("|"),
  schema: escaped(schema.slice(schema.indexOf(".") + 1)),
});
const escaped = (text: string) => text.replaceAll(/[.\\+*?[\](){}|^$]/g, String.raw`\$&`);
/** A pattern of these names: Trino compares the whole of a name with it. */
const named = (names: readonly string[]) => names.map(escaped).join("|");

/** Trino's file of passwords. It knows bcrypt by another name of the same algorithm than generators give. */
export const passwordFile = (hashes: Readonly<Record<string, string>>): string =>
  Object.entries(hashes)
    .map(([user, hash]) => `${user}:${hash.replace(/^\$2a\$/, "$2y$")}\n`)
    .sort()
    .join("");
