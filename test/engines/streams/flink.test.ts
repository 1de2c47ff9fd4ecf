import { setTimeout as sleep } from "node:timers/promises";

import { allSent, arrived, eventually, type Order, orders, send, START } from "./orders";
import { stage } from "./stage";

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

/** Number of crashes of the TaskManager: some faults appear only after many. */
const CRASHES = Number(process.env.LAKEHOUSE_CRASHES ?? "1");
/** Orders that are sent meanwhile, in batches. */
const [BATCHES, BATCH] = [4, 300];

describe("Flink's rendered job, from the topic into Iceberg tables", () => {
  it("writes every order exactly once, and unreadable records to their own table with the reason", async () => {
    const { kafka } = stage();
    await send(orders(0, 1000));
    await kafka.admin.produce(
      "orders",
      REJECTED.map(([value]) => ({ value })),
    );
    await arrived();
    await eventually(rejected, REJECTED.map(([record, reason]) => [record, reason]).toSorted(byText));
  });

  for (let crash = 1; crash <= CRASHES; crash++) {
    const again = crash === 1 ? "" : `, crash ${crash}`;
    it(`loses and doubles no order when the TaskManager crashes${again}`, async () => {
      const { flink } = stage();
      // Other tests send the orders in between.
      const first = crash === 1 ? 1000 : 2000 + crash * BATCHES * BATCH;
      const sending = (async () => {
        for (let batch = 0; batch < BATCHES; batch++) await send(orders(first + batch * BATCH, BATCH));
      })();
      await sleep(3000);
      await flink.taskManager.kill();
      try {
        await sending;
      } finally {
        await flink.taskManager.restart();
      }
      await flink.isRunning();
      await arrived();
    });
  }

  it("sums up each minute's orders and amounts as they were sent", async () => {
    const closed = allSent();
    // Orders ten minutes later in every partition end the earlier minutes.
    await send(
      orders(2_999, 60).map((order, at) => ({
        ...order,
        order_id: 1_000_000 + at,
        ordered_at: new Date(START + 600_000 + at).toISOString(),
      })),
    );
    await eventually(minutes, perMinute(closed));
  });
});

const byText = (one: readonly unknown[], other: readonly unknown[]) =>
  JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;

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
