import { deepEqual, equal } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { stage } from "./stage";

interface Order {
  readonly order_id: number;
  readonly customer_id: string;
  readonly amount: number;
  readonly currency: string;
  readonly ordered_at: string;
}

/** Half an hour ago, near the end of a minute: what comes goes on over several of them. */
const START = Math.floor(Date.now() / 60_000 - 30) * 60_000 + 50_000;

/** Orders by number, in the order of their own time: one each 20 ms. */
const orders = (first: number, count: number): Order[] =>
  Array.from({ length: count }, (_, at) => ({
    order_id: first + at,
    customer_id: `c${(first + at) % 7}`,
    amount: (100 + ((first + at) % 1000)) / 4,
    currency: ["EUR", "USD", "CHF"][(first + at) % 3]!,
    ordered_at: new Date(START + (first + at) * 20).toISOString(),
  }));

const good = { order_id: 1, customer_id: "a", amount: 1, currency: "EUR", ordered_at: "2026-03-02T10:00:00Z" };
const REJECTED: readonly (readonly [record: string, reason: string])[] = [
  ["not json", "not a JSON object"],
  ["[1, 2]", "not a JSON object"],
  [JSON.stringify({ ...good, order_id: "x" }), "order_id is not a whole number"],
  [JSON.stringify({ ...good, customer_id: "" }), "customer_id is missing"],
  [JSON.stringify({ ...good, amount: "much" }), "amount is not a number"],
  [JSON.stringify({ ...good, currency: "euro" }), "currency is not three capital letters"],
  [
    JSON.stringify({ ...good, ordered_at: "2026-03-02T10:00:00+02:00" }),
    "ordered_at is not a UTC time such as 2026-03-02T10:00:00Z",
  ],
  [JSON.stringify({ ...good, ordered_at: "2099-03-02T10:00:00Z" }), "ordered_at is in the future"],
];

describe("Flink's job, as it is rendered: from the topic into Iceberg tables", function () {
  this.timeout(400_000);
  const sent: Order[] = [];

  // No service of the stack writes orders: whoever will has a grant of their own.
  async function send(more: readonly Order[]): Promise<void> {
    const records = more.map((order) => ({ key: String(order.order_id), value: JSON.stringify(order) }));
    equal(await stage().kafka.admin.produce("orders", records), more.length);
    sent.push(...more);
  }

  it("has every order exactly once, and records that it cannot read apart, with their reasons", async () => {
    const { kafka } = stage();
    await send(orders(0, 1000));
    await kafka.admin.produce(
      "orders",
      REJECTED.map(([value]) => ({ value })),
    );
    await eventually(silver, expected(sent));
    await eventually(rejected, REJECTED.map(([record, reason]) => [record, reason]).toSorted(byText));
  });

  it("the TaskManager crashes in mid-work: every order is there, exactly once", async () => {
    const { flink } = stage();
    const sending = (async () => {
      for (let batch = 0; batch < 4; batch++) await send(orders(1000 + batch * 300, 300));
    })();
    await sleep(3000);
    await flink.taskManager.kill();
    try {
      await sending;
    } finally {
      await flink.taskManager.restart();
    }
    await flink.isRunning();
    await eventually(silver, expected(sent));
  });

  it("both crash after records that no checkpoint has: started from the newest one, every order is there, exactly once", async () => {
    const { flink } = stage();
    const checkpoint = await flink.newestCheckpoint();
    await send(orders(2200, 500));
    await sleep(2000);
    await Promise.all([flink.jobManager.kill(), flink.taskManager.kill()]);
    await send(orders(2700, 300));
    await Promise.all([flink.taskManager.restart(), flink.restartJobManager(checkpoint)]);
    await flink.isRunning();
    await eventually(silver, expected(sent));
    await eventually(rejected, REJECTED.map(([record, reason]) => [record, reason]).toSorted(byText));
  });

  it("each minute's orders and amounts are as they were sent", async () => {
    const closed = [...sent];
    // Ten minutes later in every partition: what is before has ended.
    await send(
      orders(2_999, 60).map((order, at) => ({
        ...order,
        order_id: 10_000 + at,
        ordered_at: new Date(START + 600_000 + at).toISOString(),
      })),
    );
    await eventually(minutes, perMinute(closed));
  });
});

const byText = (one: readonly unknown[], other: readonly unknown[]) =>
  JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;

/** A commit follows a checkpoint, and that has what was read by then: another one is taken until it has all, and no more. */
async function eventually(read: () => Promise<unknown>, wanted: unknown): Promise<void> {
  const patience = Date.now() + 200_000;
  for (;;) {
    await stage().flink.checkpoint();
    const seen = await read();
    if (JSON.stringify(seen) === JSON.stringify(wanted)) return;
    if (Date.now() > patience) deepEqual(seen, wanted);
    await sleep(500);
  }
}

/** How many, how many different ones, from how many places in the topic, for how much. */
const silver = () =>
  stage().sql.rows(
    "select count(*), count(distinct order_id), count(distinct (source_partition, source_offset)), cast(sum(amount) as varchar) from lakehouse.silver.orders",
  );

function expected(all: readonly Order[]): unknown[][] {
  return [[all.length, all.length, all.length, all.reduce((sum, { amount }) => sum + amount, 0).toFixed(2)]];
}

const rejected = async () =>
  (await stage().sql.rows("select record, reason from lakehouse.silver.orders_rejected")).toSorted(byText);

const minutes = () =>
  stage().sql.rows(
    "select to_unixtime(window_start), currency, orders, cast(amount as varchar) from lakehouse.gold.orders_per_minute order by 1, 2",
  );

function perMinute(all: readonly Order[]): unknown[][] {
  const groups = new Map<string, Order[]>();
  for (const order of all) {
    const key = `${Math.floor(Date.parse(order.ordered_at) / 60_000) * 60} ${order.currency}`;
    groups.set(key, [...(groups.get(key) ?? []), order]);
  }
  return [...groups.entries()]
    .map(([key, group]): [number, string, number, string] => {
      const [start = "", currency = ""] = key.split(" ");
      return [Number(start), currency, group.length, group.reduce((sum, { amount }) => sum + amount, 0).toFixed(2)];
    })
    .toSorted((one, other) => one[0] - other[0] || (one[1] < other[1] ? -1 : 1));
}
