import { QUERIES, selective, TABLES } from "../engines/queries";

/** Questions that all engines are asked: those of TPC-H's shape, and one week of seven years. */
export const QUESTIONS: Readonly<Record<string, string>> = { ...QUERIES, "one week": selective("lineitem") };

/** Tables of a question with their full names. */
export function named(sql: string, name: (table: string) => string): string {
  return sql.replaceAll(
    new RegExp(String.raw`\b(from|join) (${TABLES.join("|")})\b`, "g"),
    (_, word: string, table: string) => `${word} ${name(table)}`,
  );
}

/**
 * The questions of one table, for a table with a row for each day, flag and status, as Druid rolls it up. The others join tables,
 * or ask by columns that no row is told apart by.
 */
export const ROLLED_UP: Readonly<Record<string, string>> = {
  "Q1 scan, aggregate": `select returnflag, linestatus, sum(quantity), sum(extendedprice), sum(discount) / sum("rows"), sum("rows")
    from lineitem where __time < timestamp '1998-09-03 00:00:00' group by 1, 2`,
  "one week": `select returnflag, sum("rows"), sum(extendedprice) from lineitem
    where __time >= timestamp '1995-03-06 00:00:00' and __time < timestamp '1995-03-13 00:00:00' group by 1`,
};

export type Rows = readonly (readonly unknown[])[];

/** Relative difference of numbers that are equal: sums of floating-point numbers depend on their order. */
const TOLERANCE = 1e-9;

const isNumber = (value: unknown) =>
  typeof value === "number" || (typeof value === "string" && /^-?[\d.]+(e[+-]?\d+)?$/i.test(value));

function same(one: unknown, other: unknown): boolean {
  if (!isNumber(one) || !isNumber(other)) return String(one) === String(other);
  const [a, b] = [Number(one), Number(other)];
  return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}

/** Whether two answers have the same rows, in whatever order and types. */
export function equal(one: Rows, other: Rows): boolean {
  const left = [...other];
  const taken = one.every((row) => {
    const at = left.findIndex(
      (each) => each.length === row.length && each.every((cell, index) => same(cell, row[index])),
    );
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
  return taken && left.length === 0;
}
