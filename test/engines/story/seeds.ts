/** A shop's products, sales and clicks: the same at every run, so that totals are known before an engine has seen a row. */

export const CATEGORIES = ["books", "garden", "kitchen", "music", "toys"] as const;

export interface Product {
  readonly id: number;
  readonly name: string;
  readonly category: string;
}

/** A sale or a click: whole numbers only, because engines add floating-point numbers in different orders. */
export interface Event {
  readonly id: number;
  readonly product: number;
  readonly category: string;
  /** Cents of a sale, milliseconds of a look. */
  readonly amount: number;
  /** ISO 8601, UTC. */
  readonly happened_at: string;
}

/** Start of the first of the days, UTC. */
const START = Date.UTC(2026, 2, 2);
const DAY = 86_400_000;
const DAYS = 5;

/** Pseudo-random whole numbers: a linear congruential generator with the constants of Numerical Recipes. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    // The upper bits: the lower ones repeat soon.
    return Math.floor((state / 2 ** 32) * below);
  };
}

export const PRODUCTS: readonly Product[] = Array.from({ length: 40 }, (_, at) => {
  const category = CATEGORIES[at % CATEGORIES.length] ?? "";
  return { id: at + 1, name: `${category} ${String(at + 1)}`, category };
});

function events(count: number, seed: number, most: number): Event[] {
  const next = numbers(seed);
  return Array.from({ length: count }, (_, at) => {
    const { id: product, category } = PRODUCTS[next(PRODUCTS.length)]!;
    const happened_at = new Date(START + next(DAYS * DAY)).toISOString();
    return { id: at + 1, product, category, amount: 1 + next(most), happened_at };
  });
}

export const SALES: readonly Event[] = events(2000, 1, 20_000);
export const CLICKS: readonly Event[] = events(10_000, 2, 60_000);
export const EVENTS = { sales: SALES, clicks: CLICKS } as const;
export type Kind = keyof typeof EVENTS;
export const KINDS: readonly Kind[] = ["sales", "clicks"];

/** Category, day (`2026-03-02`), number of events, their sum. */
export type Total = readonly [category: string, day: string, count: number, sum: number];

/** Answer to the question that every engine is asked: events by category and day, in this order. */
export function totals(all: readonly Event[]): Total[] {
  const groups = new Map<string, Total>();
  for (const { category, happened_at, amount } of all) {
    const day = happened_at.slice(0, 10);
    const key = `${category} ${day}`;
    const [, , count, sum] = groups.get(key) ?? [category, day, 0, 0];
    groups.set(key, [category, day, count + 1, sum + amount]);
  }
  return [...groups].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, total]) => total);
}

/** A vector of each product, of eight whole numbers. */
export const VECTORS: readonly (readonly number[])[] = (() => {
  const next = numbers(3);
  return PRODUCTS.map(() => Array.from({ length: 8 }, () => next(100)));
})();
