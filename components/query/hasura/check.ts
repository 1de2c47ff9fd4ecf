import { type Mistake, pathText } from "../../fields/mistakes";
import { outsideOf } from "../../fields/ranges";
import { divided, fewest } from "./connections";
import {
  type Around,
  type Filter,
  filterMistakes,
  type FilterMistake,
  presetMistakes,
  sessionVariables,
} from "./filter";
import type { HasuraSettings } from "./settings";
import { rootField, type Source, type Table, tableKey } from "./tables";

type Path = readonly (string | number)[];

/** The database of Hasura's metadata. */
export const METADATA_DATABASE = "hasura";
/** Databases that no source may be. */
const CLOSED = [METADATA_DATABASE, "postgres", "template0", "template1"];

const at = (...path: Path) => pathText(["query", "hasura", ...path]);
const mistake = (path: Path, given: string, allowed: string): Mistake => ({
  path: at(...path),
  message: `given ${given}; allowed: ${allowed}`,
});

export function* check(settings: HasuraSettings): Generator<Mistake> {
  const { sources, operations } = settings;
  yield* distinct(["sources"], sources, ({ name }) => name, "name");
  yield* distinct(["operations"], operations, ({ name }) => name, "name");
  for (const [index, source] of sources.entries()) yield* ofSource(source, ["sources", index]);
  yield* distinctFields(sources);
  yield* anonymous(settings);
  yield* issuer(settings);
  yield* enough(settings);
}

/** Entries of a list that must differ do. */
function* distinct<T>(path: Path, all: readonly T[], name: (one: T) => string, key: string): Generator<Mistake> {
  const seen = new Map<string, number>();
  for (const [index, one] of all.entries()) {
    const first = seen.get(name(one));
    if (first === undefined) seen.set(name(one), index);
    else yield mistake([...path, index, key], `"${name(one)}", as in ${at(...path, first)}`, "a name of its own");
  }
}

function* ofSource({ database, tables }: Source, path: Path): Generator<Mistake> {
  if (CLOSED.includes(database))
    yield mistake(
      [...path, "database"],
      `"${database}", which is ${database === METADATA_DATABASE ? "Hasura's own" : "PostgreSQL's own"}`,
      "another database",
    );
  yield* distinct([...path, "tables"], tables, tableKey, "name");
  const around: Around = {
    tables: new Map(
      tables.map((one) => [
        tableKey(one),
        new Map(one.relationships.map(({ name, schema, table }) => [name, tableKey({ schema, name: table })])),
      ]),
    ),
  };
  for (const [index, table] of tables.entries()) yield* ofTable(table, around, [...path, "tables", index]);
}

function* ofTable(table: Table, around: Around, path: Path): Generator<Mistake> {
  const own = tableKey(table);
  yield* distinct([...path, "relationships"], table.relationships, ({ name }) => name, "name");
  for (const [index, { schema, table: name }] of table.relationships.entries()) {
    const target = tableKey({ schema, name });
    if (!around.tables.has(target))
      yield mistake(
        [...path, "relationships", index, "table"],
        target,
        `a table of the same source: ${[...around.tables.keys()].join(", ")}`,
      );
  }
  for (const [role, permissions] of Object.entries(table.roles))
    for (const { key, rule, presets } of rulesOf(permissions)) {
      const where = [...path, "roles", role, ...key];
      const found = presets ? presetMistakes(rule, []) : filterMistakes(rule, own, around);
      yield* told(found, where);
    }
}

function* told(found: Iterable<FilterMistake>, where: Path): Generator<Mistake> {
  for (const { at: inside, given, allowed } of found) yield mistake([...where, ...inside], given, allowed);
}

interface Ruled {
  readonly key: readonly string[];
  readonly rule: Filter;
  readonly presets?: true;
}

/** Every rule and preset of what a role may do. */
function rulesOf({ select, insert, update, delete: remove }: Table["roles"][string]): Ruled[] {
  return [
    ...(select === undefined ? [] : [{ key: ["select", "rows"], rule: select.rows }]),
    ...(insert === undefined
      ? []
      : [
          { key: ["insert", "check"], rule: insert.check },
          { key: ["insert", "set"], rule: insert.set, presets: true as const },
        ]),
    ...(update === undefined
      ? []
      : [
          { key: ["update", "rows"], rule: update.rows },
          ...(update.check === undefined ? [] : [{ key: ["update", "check"], rule: update.check }]),
          { key: ["update", "set"], rule: update.set, presets: true as const },
        ]),
    ...(remove === undefined ? [] : [{ key: ["delete", "rows"], rule: remove.rows }]),
  ];
}

/** All sources share one GraphQL schema. */
function* distinctFields(sources: readonly Source[]): Generator<Mistake> {
  const seen = new Map<string, string>();
  for (const [index, source] of sources.entries())
    for (const table of source.tables) {
      const field = rootField(source, table);
      const owner = seen.get(field);
      if (owner !== undefined && owner !== source.name)
        yield mistake(
          ["sources", index, "prefix"],
          `${source.prefix === undefined ? "none" : `"${source.prefix}"`}, by which ${tableKey(table)} is the field ${field}, as a table of source ${owner} is`,
          "a prefix of its own",
        );
      seen.set(field, source.name);
    }
}

/** Who has no token is named in some table, and has no session variables. */
function* anonymous({ unauthorizedRole: role, sources }: HasuraSettings): Generator<Mistake> {
  if (role === undefined) return;
  const named = sources.flatMap(({ tables }) => tables.flatMap(({ roles }) => Object.keys(roles)));
  if (!named.includes(role))
    yield mistake(
      ["unauthorizedRole"],
      `"${role}", which may do nothing in any table`,
      [...new Set(named)].join(", ") || "none",
    );
  for (const [index, { tables }] of sources.entries())
    for (const [number, { roles }] of tables.entries())
      for (const { key, rule } of rulesOf(roles[role] ?? {})) {
        const variables = sessionVariables(rule).filter((variable) => variable !== "x-hasura-role");
        if (variables.length > 0)
          yield mistake(
            ["sources", index, "tables", number, "roles", role, ...key],
            `${[...new Set(variables)].join(", ")}, which callers without a token do not have`,
            "a rule without session variables, or another unauthorizedRole",
          );
      }
}

function* issuer({ jwt }: HasuraSettings): Generator<Mistake> {
  const address = jwt && outsideOf(jwt.jwkUrl, jwt.cidrs);
  if (jwt !== undefined && address !== undefined)
    yield mistake(
      ["jwt", "cidrs"],
      `${jwt.cidrs.join(", ")}, and ${address} of ${at("jwt", "jwkUrl")} is in none of them`,
      "ranges that contain it",
    );
}

function* enough(settings: HasuraSettings): Generator<Mistake> {
  if (divided(settings) !== undefined) return;
  const { connections, server, sources } = settings;
  yield mistake(
    ["connections"],
    `${String(connections)} for ${String(server.replicas)} pods and ${String(sources.length)} sources`,
    `at least ${String(fewest(settings))}, or fewer of these`,
  );
}
