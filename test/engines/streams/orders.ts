import { equal } from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";

import { until } from "../../../sandbox/core/until";
import { stage } from "./stage";

/** What is sent to Flink's job, and what has become of it. */

export interface Order {
  readonly order_id: number;
  readonly customer_id: string;
  readonly amount: number;
  readonly currency: string;
  readonly ordered_at: string;
}

/** Half an hour ago, near the end of a minute: what comes goes on over several of them. */
export const START = Math.floor(Date.now() / 60_000 - 30) * 60_000 + 50_000;

/** Orders by number, in the order of their own time: one each 20 ms. */
export const orders = (first: number, count: number): Order[] =>
  Array.from({ length: count }, (_, at) => ({
    order_id: first + at,
    customer_id: `c${(first + at) % 7}`,
    amount: (100 + ((first + at) % 1000)) / 4,
    currency: ["EUR", "USD", "CHF"][(first + at) % 3]!,
    ordered_at: new Date(START + (first + at) * 20).toISOString(),
  }));

/** All that was sent, in its order. */
const sent: Order[] = [];
export const allSent = (): readonly Order[] => [...sent];

/** No service of the stack writes orders: whoever will has a grant of their own. */
export async function send(more: readonly Order[]): Promise<void> {
  const records = more.map((order) => ({ key: String(order.order_id), value: JSON.stringify(order) }));
  equal(await stage().kafka.admin.produce("orders", records), more.length);
  sent.push(...more);
}

/** A commit follows a checkpoint, and that has what was read by then: another one is taken until it has all, and no more. */
export async function eventually(read: () => Promise<unknown>, wanted: unknown): Promise<void> {
  let seen: unknown;
  const has = async () => {
    await stage().flink.checkpoint();
    seen = await read();
    return isDeepStrictEqual(seen, wanted);
  };
  const explain = () => Promise.resolve(`${JSON.stringify(seen)}, wanted was ${JSON.stringify(wanted)}`);
  await until("the table has what was sent", has, { every: 500, explain });
}

/** How many, how many different ones, from how many places in the topic, for how much. */
const silver = () =>
  stage().sql.rows(
    "select count(*), count(distinct order_id), count(distinct (source_partition, source_offset)), cast(sum(amount) as varchar) from lakehouse.silver.orders",
  );

function expected(all: readonly Order[]): unknown[][] {
  return [[all.length, all.length, all.length, all.reduce((sum, { amount }) => sum + amount, 0).toFixed(2)]];
}

/** The same, and no checkpoint is taken for it: the newest one has what came last. */
export const shown = () =>
  until("the table has what was sent", async () => isDeepStrictEqual(await silver(), expected(sent)));

/** Every order is in silver, exactly once. */
export const arrived = () => eventually(silver, expected(sent));
