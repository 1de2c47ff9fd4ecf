/**
 * Who may read and write which tables, as settings say it for groups of people. Pure: an engine makes its own rules of it.
 * A schema is named `gold`, for the tables of the lake, or with another catalog as `postgres.public`; a table `gold.orders`.
 */

export interface GroupRights {
  /** Schemas. */
  readonly read: readonly string[];
  /** Schemas whose tables are made, changed and dropped, and read whole. */
  readonly write: readonly string[];
  /** Rows of a table that are read: a condition on its columns in SQL. */
  readonly rows: readonly { readonly table: string; readonly where: string }[];
  /** A column's value as it is read: an expression in SQL. */
  readonly masks: readonly { readonly table: string; readonly column: string; readonly as: string }[];
}

export interface Person {
  readonly groups: readonly string[];
  /** 1 for the first password that was generated. */
  readonly password: number;
}

export interface Access {
  /** Whether whoever asks a SQL engine signs in, people and programs. */
  readonly signIn: boolean;
  /** By name, as a person signs in. */
  readonly people: Readonly<Record<string, Person>>;
  readonly groups: Readonly<Record<string, GroupRights>>;
}

/** What is read of one table. */
export interface Bounded {
  readonly table: string;
  /** @default every row */
  readonly where?: string;
  /** Expressions by column. */
  readonly masks: Readonly<Record<string, string>>;
}

/** People with the same rights. */
export interface Party {
  readonly people: readonly string[];
  readonly write: readonly string[];
  /** Schemas that are read and not written. */
  readonly read: readonly string[];
  /** Tables in schemas that are read of which some rows or values are not. */
  readonly bounded: readonly Bounded[];
}

/** People by what they may do: together what each of their groups may. */
export function parties({ people, groups }: Access): readonly Party[] {
  const alike = new Map<string, string[]>();
  for (const [name, { groups: own }] of Object.entries(people)) {
    const key = JSON.stringify([...new Set(own)].sort());
    alike.set(key, [...(alike.get(key) ?? []), name]);
  }
  return [...alike].map(([key, names]) => ({
    people: names.sort(),
    ...together((JSON.parse(key) as string[]).flatMap((name) => groups[name] ?? [])),
  }));
}

function together(groups: readonly GroupRights[]): Omit<Party, "people"> {
  const write = distinct(groups.flatMap((group) => group.write));
  const read = distinct(groups.flatMap((group) => group.read)).filter((schema) => !write.includes(schema));
  const tables = distinct(groups.flatMap(({ rows, masks }) => [...rows, ...masks].map(({ table }) => table)));
  const bounded = tables
    .filter((table) => read.includes(schemaOf(table)))
    .map((table) =>
      boundsOf(
        table,
        groups.filter((group) => group.read.includes(schemaOf(table))),
      ),
    )
    .filter(({ where, masks }) => where !== undefined || Object.keys(masks).length > 0);
  return { write, read, bounded };
}

/** What no group reads of a table: a row that one of them reads is read, and a value that one of them reads is not masked. */
function boundsOf(table: string, readers: readonly GroupRights[]): Bounded {
  const conditions = readers.map(({ rows }) => rows.filter((row) => row.table === table).map(({ where }) => where));
  const whole = conditions.some((own) => own.length === 0);
  const columns = distinct(
    readers.flatMap(({ masks }) => masks.filter((mask) => mask.table === table)).map(({ column }) => column),
  );
  const masks = columns.flatMap((column) => {
    const found = readers.map((reader) => reader.masks.find((mask) => mask.table === table && mask.column === column));
    const first = found[0];
    return first === undefined || found.includes(undefined) ? [] : [[column, first.as] as const];
  });
  return { table, ...(whole ? {} : { where: either(conditions.map(both)) }), masks: Object.fromEntries(masks) };
}

/** A line for each group, for people who review it: `analysts (ada, grace): read gold, of gold.orders some rows`. */
export function described({ people, groups }: Access): string[] {
  return Object.entries(groups).map(([name, { read, write, rows, masks }]) => {
    const members = Object.keys(people).filter((person) => people[person]?.groups.includes(name));
    const some = distinct(rows.map(({ table }) => table));
    const masked = distinct(masks.map(({ table, column }) => `${table}.${column}`));
    const rights = [
      ...(write.length === 0 ? [] : [`write ${write.join(", ")}`]),
      ...(read.length === 0 ? [] : [`read ${read.join(", ")}`]),
      ...(some.length === 0 ? [] : [`of ${some.join(", ")} some rows`]),
      ...(masked.length === 0 ? [] : [`${masked.join(", ")} masked`]),
    ];
    return `${name} (${members.join(", ") || "nobody"}): ${rights.join("; ") || "nothing"}`;
  });
}

/** Schema of a table: all before its last `.`. */
export const schemaOf = (table: string): string => table.slice(0, table.lastIndexOf("."));

const distinct = (names: readonly string[]): string[] => [...new Set(names)].sort();
const joined = (word: string) => (conditions: readonly string[]) => {
  const all = [...new Set(conditions)];
  return all.length === 1 ? (all[0] ?? "") : all.map((each) => `(${each})`).join(` ${word} `);
};
const [both, either] = [joined("AND"), joined("OR")];
