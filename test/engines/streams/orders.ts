import { equal } from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";

import { until } from "../../../sandbox/core/until";
import { stage } from "./stage";

/** Orders that are sent to Flink's job, and their rows in the tables. */

export interface Order {
  readonly order_id: number;
  readonly customer_id: string;
  readonly amount: number;
  readonly currency: string;
  readonly ordered_at: string;
}

/** Half an hour ago, shortly before the end of a minute, so that the orders are in several minutes. */
export const START = Math.floor(Date.now() / 60_000 - 30) * 60_000 + 50_000;

/** Orders by number, in the order of their times: one each 20 ms. */
export const orders = (first: number, count: number): Order[] =>
  Array.from({ length: count }, (_, at) => ({
    order_id: first + at,
    customer_id: `c${(first + at) % 7}`,
    amount: (100 + ((first + at) % 1000)) / 4,
    currency: ["EUR", "USD", "CHF"][(first + at) % 3]!,
    ordered_at: new Date(START + (first + at) * 20).toISOString(),
  }));

/** All sent orders, in order. */
const sent: Order[] = [];
export const allSent = (): readonly Order[] => [...sent];

/** Sends orders as administrator, because no service of the stack has a grant to write them. */
export async function send(more: readonly Order[]): Promise<void> {
  const records = more.map((order) => ({ key: String(order.order_id), value: JSON.stringify(order) }));
  equal(await stage().kafka.admin.produce("orders", records), more.length);
  sent.push(...more);
}

/** Takes checkpoints until the tables have the wanted rows, because Flink commits only what it has read before a checkpoint. */
export async function eventually(read: () => Promise<unknown>, wanted: unknown): Promise<void> {
  let found: unknown;
  const has = async () => {
    await stage().flink.checkpoint();
    found = await read();
    return isDeepStrictEqual(found, wanted);
  };
  const explain = () => Promise.resolve(`${JSON.stringify(found)}, wanted was ${JSON.stringify(wanted)}`);
  await until("the table has the sent orders", has, { every: 500, explain });
}

/** Numbers of rows, of different orders and of different offsets, and the sum of amounts. */
const silver = () =>
  stage().sql.rows(
    "select count(*), count(distinct order_id), count(distinct (source_partition, source_offset)), cast(sum(amount) as varchar) from lakehouse.silver.orders",
  );

function expected(all: readonly Order[]): unknown[][] {
  return [[all.length, all.length, all.length, all.reduce((sum, { amount }) => sum + amount, 0).toFixed(2)]];
}

/** Waits for all sent orders without taking a checkpoint: the newest one covers them. */
export const committed = () =>
  until("the table has the sent orders", async () => isDeepStrictEqual(await silver(), expected(sent)));

/** Waits until every order is in silver, exactly once. */
export const arrived = () => eventually(silver, expected(sent));
