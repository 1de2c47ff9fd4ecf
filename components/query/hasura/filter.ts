import { suggestion } from "../../fields/mistakes";

/**
 * Row rules: boolean expressions over the columns of a table and of related tables, as Hasura reads them. Only what Hasura knows is
 * accepted, because it would take a wrong rule for inconsistent metadata, after the pods have changed. Pure.
 */
export type Filter = Readonly<Record<string, unknown>>;

/** Where in a filter a mistake is, what was given, and what is allowed there. */
export interface FilterMistake {
  readonly at: readonly (string | number)[];
  readonly given: string;
  readonly allowed: string;
}

/** What a filter of a table may name. */
export interface Around {
  /** Tables by `<schema>.<name>`, each with its relationships and the tables that these lead to. */
  readonly tables: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

const SESSION = /^x-hasura-[a-z0-9][a-z0-9-]*$/i;
const looksLikeSession = (text: string) => /^x[-_]hasura/i.test(text);
const scalar = (value: unknown): boolean =>
  typeof value === "number" || typeof value === "boolean" || typeof value === "string";
/** A session variable of a list holds it as PostgreSQL writes arrays: `{1,2}`. */
const listOf = (value: unknown): boolean =>
  Array.isArray(value) ? value.every(scalar) : typeof value === "string" && SESSION.test(value);
/** A column of this table, or by a list with `$` first one of the table that the rule is about. */
const columnOf = (value: unknown): boolean =>
  typeof value === "string"
    ? NAME.test(value)
    : Array.isArray(value) && value.length === 2 && value[0] === "$" && NAME.test(String(value[1]));

export const NAME = /^[A-Za-z][A-Za-z0-9_]{0,62}$/;
export const NAME_WORDS = "letters, digits and '_', beginning with a letter, at most 63";

const one = { words: "a value or a session variable such as X-Hasura-User-Id", is: scalar };
const list = { words: "a list of values, or a session variable", is: listOf };
const text = { words: "a text or a session variable", is: (value: unknown) => typeof value === "string" };
const column = { words: 'a column of the same table, or ["$", column] of the table of the rule', is: columnOf };
const truth = { words: "true or false", is: (value: unknown) => typeof value === "boolean" };
const any = { words: "a value", is: (value: unknown) => value !== null && value !== undefined };

/** Operators by what they take, from Hasura's parser (`Backends/Postgres/DDL/BoolExp.hs`). Those of geometry and ltree are left out. */
const OPERATORS: Readonly<Record<string, { readonly words: string; readonly is: (value: unknown) => boolean }>> = {
  ...every(["_eq", "_neq", "_gt", "_lt", "_gte", "_lte"], one),
  ...every(["_in", "_nin", "_has_keys_any", "_has_keys_all"], list),
  ...every(["_like", "_nlike", "_ilike", "_nilike", "_similar", "_nsimilar"], text),
  ...every(["_regex", "_iregex", "_nregex", "_niregex", "_has_key"], text),
  ...every(["_jsonb_path_exists", "_jsonb_path_match"], text),
  ...every(["_contains", "_contained_in"], any),
  ...every(["_ceq", "_cneq", "_cgt", "_clt", "_cgte", "_clte"], column),
  _is_null: truth,
};
const LOGICAL = ["_and", "_or", "_not", "_exists"] as const;

function every<T>(names: readonly string[], value: T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, value]));
}

const isFilter = (value: unknown): value is Filter =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const shown = (value: unknown) => (value === undefined ? "nothing" : JSON.stringify(value));
const words = (names: Iterable<string>) => [...names].join(", ");

/** Session variables that a filter or presets name, in lower case. */
export function sessionVariables(value: unknown): string[] {
  if (typeof value === "string") return SESSION.test(value) ? [value.toLowerCase()] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(sessionVariables);
}

/** Mistakes in a filter of rows of a table. */
export function* filterMistakes(
  filter: unknown,
  table: string,
  around: Around,
  at: FilterMistake["at"] = [],
): Generator<FilterMistake> {
  if (!isFilter(filter)) {
    yield { at, given: shown(filter), allowed: "a rule such as { customer_id: { _eq: X-Hasura-User-Id } }" };
    return;
  }
  for (const [key, value] of Object.entries(filter)) {
    const here = [...at, key];
    if (key === "_and" || key === "_or") {
      if (Array.isArray(value))
        for (const [index, inner] of value.entries()) yield* filterMistakes(inner, table, around, [...here, index]);
      else yield { at: here, given: shown(value), allowed: "a list of rules" };
    } else if (key === "_not") yield* filterMistakes(value, table, around, here);
    else if (key === "_exists") yield* existing(value, around, here);
    else if (key.startsWith("_") || key.startsWith("$"))
      yield {
        at: here,
        given: key,
        allowed: `${words(LOGICAL)}, a column or a relationship${suggestion(key, LOGICAL)}`,
      };
    else yield* named(key, value, table, around, here);
  }
}

/** A rule on another table, whatever its rows have to do with this one's. */
function* existing(value: unknown, around: Around, at: FilterMistake["at"]): Generator<FilterMistake> {
  const { _table: table, _where: where, ...rest } = isFilter(value) ? value : {};
  const { schema = "public", name } = isFilter(table) ? table : {};
  const target = `${String(schema)}.${String(name)}`;
  if (!isFilter(value) || !isFilter(table) || where === undefined || Object.keys(rest).length > 0)
    yield { at, given: shown(value), allowed: "{ _table: { schema, name }, _where: a rule }" };
  else if (!around.tables.has(target))
    yield { at: [...at, "_table"], given: target, allowed: `a table of the source: ${words(around.tables.keys())}` };
  else yield* filterMistakes(where, target, around, [...at, "_where"]);
}

/** What a column or a relationship must be. */
function* named(
  name: string,
  value: unknown,
  table: string,
  around: Around,
  at: FilterMistake["at"],
): Generator<FilterMistake> {
  if (!NAME.test(name)) {
    yield { at, given: name, allowed: `the name of a column or relationship: ${NAME_WORDS}` };
    return;
  }
  const relationships = around.tables.get(table) ?? new Map<string, string>();
  const target = relationships.get(name);
  if (target !== undefined) {
    yield* filterMistakes(value, target, around, at);
    return;
  }
  const keys = isFilter(value) ? Object.keys(value) : [];
  if (!isFilter(value) || keys.length === 0) {
    yield { at, given: shown(value), allowed: "an operator and its value, such as { _eq: X-Hasura-User-Id }" };
    return;
  }
  if (keys.some((key) => !key.startsWith("_") && !key.startsWith("$"))) {
    const known = relationships.size === 0 ? "none" : words(relationships.keys());
    yield { at, given: `a rule on ${name}`, allowed: `operators on a column, or a relationship of ${table}: ${known}` };
    return;
  }
  for (const [operator, operand] of Object.entries(value)) yield* operation(operator, operand, [...at, operator]);
}

function* operation(operator: string, operand: unknown, at: FilterMistake["at"]): Generator<FilterMistake> {
  const known = OPERATORS[operator];
  if (known === undefined)
    yield {
      at,
      given: operator,
      allowed: `an operator: ${words(Object.keys(OPERATORS))}${suggestion(operator, Object.keys(OPERATORS))}`,
    };
  else if (!known.is(operand)) yield { at, given: shown(operand), allowed: known.words };
  else yield* badVariables(operand, at);
}

/** A misspelt session variable would be a text that no row has. */
function* badVariables(value: unknown, at: FilterMistake["at"]): Generator<FilterMistake> {
  if (Array.isArray(value)) for (const [index, inner] of value.entries()) yield* badVariables(inner, [...at, index]);
  else if (typeof value === "string" && looksLikeSession(value) && !SESSION.test(value))
    yield { at, given: shown(value), allowed: "a session variable: X-Hasura-, then letters, digits and '-'" };
}

/** Mistakes in values that are set in each row. */
export function* presetMistakes(presets: Filter, at: FilterMistake["at"]): Generator<FilterMistake> {
  for (const [name, value] of Object.entries(presets)) {
    const here = [...at, name];
    if (!NAME.test(name)) yield { at: here, given: name, allowed: `the name of a column: ${NAME_WORDS}` };
    else if (!scalar(value)) yield { at: here, given: shown(value), allowed: one.words };
    else yield* badVariables(value, here);
  }
}
