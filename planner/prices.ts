import { z } from "zod";

/** Books of prices: data in `planner/books/*.yaml`, or in a file of the user's own. One month has 730 hours. */

const name = z.string({ error: "text" }).min(1, { error: "text" });
const amount = z.number({ error: "a number from 0" }).nonnegative({ error: "a number from 0" });
const CURRENCY = "three capital letters of ISO 4217, such as EUR";
const DATE = 'the day, month or year when the prices were read, such as "2026-11"';
const POSITIVE = "a number above 0";

const price = z.strictObject({
  /** Name of the unit. */
  unit: name,
  /** Price of one unit a month. */
  monthly: amount,
  /**
   * What is counted: `pod`, each pod of the services `of`; `service`, each of them that runs, whatever its size; `terabyte`, each TB
   * (10^12 bytes) in object storage; `stack`, a lump sum that the stack's settings state.
   */
  per: z.enum(["pod", "service", "terabyte", "stack"], { error: "pod, service, terabyte or stack" }),
  /** `trino`, or of its pods only those of one role: `trino/worker`. @default none */
  of: z.array(name, { error: "a list such as [trino/worker]" }).default([]),
  /** Number of pods that one unit has. @default 1 */
  pods: z.int({ error: "a whole number from 1" }).min(1, { error: "a whole number from 1" }).default(1),
});
export type Price = z.output<typeof price>;

/** Units of each line of a bill, as the source of the book counts them. */
const bill = z.strictObject({ terabytes: amount, users: amount.optional(), units: z.record(z.string(), amount) });

/** Prices a month: one core, one GiB of memory, one TB (10^12 bytes) of volumes, one TB in object storage. */
const rates = z.strictObject({ cpu: amount, memory: amount, volume: amount, object: amount });
export type Rates = z.output<typeof rates>;

/** Price and watts of one core, GiB or TB. */
const part = z.strictObject({ price: amount, watts: amount });
const hardware = z.strictObject({
  /** Years over which the price is written off in equal parts. */
  years: z.number({ error: POSITIVE }).positive({ error: POSITIVE }),
  /** Price of one kWh. */
  electricity: amount,
  cpu: part,
  memory: part,
  volume: part,
  object: part,
});

const ONE_KIND =
  "one of lines (prices of systems), rates (prices of cores and memory) and hardware (machines of your own)";

export const priceBook = z
  .strictObject({
    name,
    source: name,
    date: z.coerce.string({ error: DATE }).regex(/^\d{4}(-\d\d(-\d\d)?)?$/, { error: DATE }),
    currency: z.string({ error: CURRENCY }).regex(/^[A-Z]{3}$/, { error: CURRENCY }),
    /** In the order of the bill. */
    lines: z
      .array(z.strictObject({ line: name, prices: z.array(price).min(1, { error: "at least one price" }) }))
      .optional(),
    /** By preset. */
    bills: z.record(z.string(), bill).optional(),
    rates: rates.optional(),
    hardware: hardware.optional(),
  })
  .refine((book) => [book.lines, book.rates, book.hardware].filter((kind) => kind !== undefined).length === 1, {
    error: ONE_KIND,
  });
export type PriceBook = z.output<typeof priceBook>;

const HOURS = 730;

/** The prices of resources by a book; undefined for a book of systems' prices. */
export function ratesOf({ rates: given, hardware: own }: PriceBook): Rates | undefined {
  if (own === undefined) return given;
  const monthly = ({ price: bought, watts }: z.output<typeof part>) =>
    bought / (own.years * 12) + (watts / 1000) * HOURS * own.electricity;
  return {
    cpu: monthly(own.cpu),
    memory: monthly(own.memory),
    volume: monthly(own.volume),
    object: monthly(own.object),
  };
}
