import type { NessieSettings } from "./settings";

/** Rules of the server, in its language of expressions (CEL), from the settings' rights. Pure. */

/** The user of each generation of a client that is valid, or will be next. */
export type UsersOf = (client: string) => readonly string[];

type Namespaces = NessieSettings["namespaces"];

/** Everybody whom the settings name, once. */
export const clientsOf = (namespaces: Namespaces): string[] =>
  [...new Set(Object.values(namespaces).flatMap(({ read, write }) => [...write, ...read]))].sort();

/** Rights on the one branch that engines see. Branches, tags and the log of commits are nobody's. */
const MAIN = "ref == 'main'";
const list = (words: readonly string[]): string => `[${words.map((word) => `'${word}'`).join(", ")}]`;

/**
 * Rules by their names. What no rule allows is refused.
 *
 * A namespace and those below it: `gold`, `gold.daily`. A name with a dot in it has another character there, so `gold.daily` is always
 * a table or namespace of `gold`.
 */
export function rules(namespaces: Namespaces, usersOf: UsersOf): Readonly<Record<string, string>> {
  const users = (clients: readonly string[]) => [...new Set(clients)].sort().flatMap(usersOf);
  const each = (of: (rights: Namespaces[string]) => readonly string[], operations: readonly string[]) => {
    const places = Object.entries(namespaces).flatMap(([name, rights]) => {
      const named = users(of(rights));
      return named.length === 0 ? [] : [`role in ${list(named)} && (path == '${name}' || path.startsWith('${name}.'))`];
    });
    return places.length === 0
      ? undefined
      : `op in ${list(operations)} && ${MAIN} && (${places.map((place) => `(${place})`).join(" || ")})`;
  };
  const everybody = users(clientsOf(namespaces));
  const writers = users(Object.values(namespaces).flatMap(({ write }) => write));
  const all = {
    config: everybody.length === 0 ? undefined : `op == 'READ_REPOSITORY_CONFIG' && role in ${list(everybody)}`,
    view: everybody.length === 0 ? undefined : `op in ${list(VIEW)} && ${MAIN} && role in ${list(everybody)}`,
    read: each(({ read, write }) => [...read, ...write], ["READ_CONTENT_KEY", "READ_ENTITY_VALUE"]),
    commit: writers.length === 0 ? undefined : `op == '${COMMIT}' && ${MAIN} && role in ${list(writers)}`,
    write: each(({ write }) => write, ["CREATE_ENTITY", "UPDATE_ENTITY", "DELETE_ENTITY"]),
  };
  return Object.fromEntries(Object.entries(all).filter((rule): rule is [string, string] => rule[1] !== undefined));
}

/** The names of what is there are filtered by `read`. */
const VIEW = ["VIEW_REFERENCE", "READ_ENTRIES"];
const COMMIT = "COMMIT_CHANGE_AGAINST_REFERENCE";
