import type { CostReport } from "../plan";
import type { PriceBook } from "../prices";
import { cents, total } from "./charges";

/** The cost of a preset, and what it is for. */
export interface PresetBill extends CostReport {
  /** TB in object storage. */
  readonly terabytes: number;
  readonly users?: number;
}

/** What `lakehouse cost --json` prints. */
export type Bill = CostReport | PresetBill;

/** The bill of a preset as the book's source has it; undefined where it has none. */
export function billOf(preset: string, book: PriceBook): PresetBill | undefined {
  const { lines = [], bills, currency, name, source, date } = book;
  const found = bills?.[preset];
  if (found === undefined) return undefined;
  const { units, terabytes, users } = found;
  const bill = lines.map(({ line, prices }) => {
    const count = units[line] ?? 0;
    // Two prices of the same unit are ways to count it.
    const distinct = [...new Map(prices.map((price) => [price.unit, price])).values()];
    const lump = distinct.some(({ per }) => per === "stack");
    return {
      line,
      monthly: cents(distinct.reduce((whole, { monthly }) => whole + count * monthly, 0)),
      parts: count === 0 || lump ? [] : distinct.map(({ unit, monthly }) => ({ units: count, unit, each: monthly })),
    };
  });
  return {
    currency,
    book: name,
    source,
    date,
    ...total(bill),
    systems: [],
    terabytes,
    ...(users !== undefined && { users }),
  };
}
