import { deepEqual, equal, ok, rejects } from "node:assert/strict";

import { KafkaClient } from "../../../sandbox/engines/kafka/client";
import { followed, merge, merged, shop, TOPIC, wanted } from "./shop";
import { stage } from "./stage";

const DENIED = /(Topic|Group|Cluster)AuthorizationException/;

/** First key of this file, far from those of other files. */
const FIRST = 1_000_001;
const isOwn = (id: number) => id >= FIRST;
/** Records for the topic; the amount of the last one is not a number. */
const ORDERS = ["orders?", `{"order_id": ${FIRST}, "amount": 12.50}`, `{"order_id": ${FIRST}, "amount": {"gross": 1}}`];

const literals = (texts: readonly string[]) => texts.map((text) => `'${text}'`).join(", ");

/** Waits until all changes so far are in the topic, by a row that is inserted and deleted as a mark. */
async function synced(): Promise<void> {
  const mark = 2_000_000 + marks++;
  await shop().run("shop", `insert into orders values (${mark}, 0); delete from orders where id = ${mark}`);
  await followed((all) => all.some(({ id, op }) => id === mark && op === "d"));
}
let marks = 0;

describe("topics as tables of Trino", () => {
  before(async () => {
    await shop().run("shop", "create table if not exists orders (id int primary key, amount numeric(10, 2))");
    await shop().run("shop", `insert into orders select ${FIRST} + i, i * 1.25 from generate_series(0, 39) i`);
    await shop().run("shop", `update orders set amount = amount + 1 where id between ${FIRST} and ${FIRST + 9}`);
    await shop().run("shop", `update orders set amount = null where id = ${FIRST + 10}`);
    await shop().run("shop", `delete from orders where id >= ${FIRST + 30}`);
    await stage().kafka.admin.produce(
      "orders",
      ORDERS.map((value) => ({ value })),
    );
    await synced();
  });

  it("have every record with its partition, offset, key and text", async () => {
    const { kafka, sql } = stage();
    for (const [topic, table] of [
      [TOPIC, "shop.orders"],
      ["orders", "topics.orders"],
    ] as const) {
      const asked = `select _partition_id, _partition_offset, _key, _message from kafka.${table} order by 1, 2`;
      const [rows, records] = [await sql.rows(asked), await kafka.admin.consume(topic)];
      const expected = records
        .map(({ partition, offset, key, value }) => [partition, offset, key, value] as const)
        .toSorted(([one, before], [other, after]) => one - other || before - after);
      ok(expected.length >= (topic === TOPIC ? 61 : ORDERS.length), String(expected.length));
      deepEqual(rows, expected, topic);
    }
  });

  it("have a change's row before, row after and position in the database's log as columns", async () => {
    const { sql } = stage();
    const key = (id: number) => `json_extract_scalar(coalesce(after, before), '$.id') = '${id}'`;
    const parts = (id: number) =>
      sql.rows(
        `select distinct op, json_extract_scalar(after, '$.amount'), after is null, ts_ms > 1700000000000, lsn from kafka.shop.orders where ${key(id)} order by lsn`,
      );
    const without = (rows: readonly (readonly unknown[])[]) => rows.map((row) => row.slice(0, 4));
    deepEqual(without(await parts(FIRST + 4)), [
      ["c", "5.00", false, true],
      ["u", "6.00", false, true],
    ]);
    deepEqual(without(await parts(FIRST + 39)), [
      ["c", "48.75", false, true],
      ["d", null, true, true],
    ]);
  });

  it("have the columns of the settings, which are null for a record that is not JSON", async () => {
    const asked = "select order_id, amount, _message_corrupt from kafka.topics.orders";
    const rows = await stage().sql.rows(`${asked} where _message in (${literals(ORDERS)}) order by _message_length`);
    deepEqual(rows, [
      [null, null, true],
      [`${FIRST}`, "12.5", false],
      [`${FIRST}`, '{"gross":1}', false],
    ]);
  });

  it("are read-only in SQL, and Trino's user can read no other topics", async () => {
    const { ground, sql } = stage();
    const trino = KafkaClient.service(ground, "trino");
    ok((await trino.consume(TOPIC)).length > 0);
    await Promise.all([
      rejects(sql.rows("insert into kafka.topics.orders (_message) values ('no')"), /PERMISSION_DENIED/),
      rejects(trino.produce("orders", [{ value: "no" }]), DENIED, "writes what it reads"),
      rejects(trino.produce(TOPIC, [{ value: "no" }]), DENIED, "writes what it reads"),
      rejects(trino.consume("connect-configs"), DENIED, "another's topic"),
      rejects(trino.consume("orders", "trino"), DENIED, "a consumer group"),
    ]);
  });
});

describe("changes merged by Trino into an Iceberg table", () => {
  it("give a table that equals the database's, and the same after a second run", async () => {
    await merge();
    const expected = await wanted();
    ok(expected.filter(([id]) => isOwn(id)).length === 30);
    deepEqual(await merged(), expected);
    const snapshots = () =>
      stage().sql.rows(`select id, amount, changed_at, source_lsn from lakehouse.shop.orders order by id`);
    const before = await snapshots();
    await merge();
    deepEqual(await snapshots(), before);
  });

  it("follow inserts, updates, deletes, and inserts after a delete", async () => {
    await shop().run("shop", `update orders set amount = 0.01 where id = ${FIRST + 1}`);
    await shop().run("shop", `delete from orders where id in (${FIRST + 2}, ${FIRST + 3})`);
    await shop().run(
      "shop",
      `insert into orders values (${FIRST + 3}, 9.99), (${FIRST + 35}, 35), (${FIRST + 50}, 50)`,
    );
    await synced();
    await merge();
    const expected = await wanted();
    deepEqual(await merged(), expected);
    deepEqual(
      expected.filter(([id]) => [1, 2, 3, 35, 50].includes(id - FIRST)),
      [
        [FIRST + 1, "0.01"],
        [FIRST + 3, "9.99"],
        [FIRST + 35, "35.00"],
        [FIRST + 50, "50.00"],
      ],
    );
  });

  it("can be joined with PostgreSQL and with their own history in one query", async () => {
    const { sql } = stage();
    await sql.rows("create table postgres.public.tiers (id integer, tier varchar)");
    await sql.rows(
      `insert into postgres.public.tiers values ${[1, 3, 5, 12].map((at) => `(${FIRST + at}, '${at < 4 ? "moved" : "calm"}')`).join(", ")}`,
    );
    const rows = await sql.rows(`
      select p.tier, count(*), cast(sum(o.amount) as varchar), sum(k.changes)
      from postgres.public.tiers p
      join lakehouse.shop.orders o on o.id = p.id
      join (
        select cast(json_extract_scalar(coalesce(after, before), '$.id') as integer) as id, count(distinct lsn) as changes
        from kafka.shop.orders where op is not null group by 1
      ) k on k.id = o.id
      group by p.tier order by p.tier`);
    deepEqual(rows, [
      // 5: inserted 6.25, plus 1; 12: inserted 15.00.
      ["calm", 2, "22.25", 3],
      // 1: inserted, plus 1, 0.01; 3: inserted, plus 1, deleted, inserted 9.99.
      ["moved", 2, "10.00", 7],
    ]);
  });

  it("ignore older changes that are sent again, of existing and of deleted rows", async () => {
    const { kafka } = stage();
    const before = await merged();
    const old = (await kafka.admin.consume(TOPIC)).flatMap(({ key, value }) => {
      const { op, after } = JSON.parse(value ?? "{}") as { op?: string; after?: { id: number; amount: string } };
      const ofTwo = op === "c" && [FIRST + 1, FIRST + 2].includes(after?.id ?? 0);
      return ofTwo && key !== null && value !== null ? [{ key, value }] : [];
    });
    equal(await kafka.admin.produce(TOPIC, old), 2);
    await merge();
    deepEqual(await merged(), before);
  });

  it("ignore records that are not JSON or not a change", async () => {
    const { kafka, sql } = stage();
    const before = await merged();
    const poison = ["not JSON", '{"op": 7, "after": "none"}', "[]"];
    await kafka.admin.produce(
      TOPIC,
      poison.map((value) => ({ value })),
    );
    const seen = await sql.rows(
      `select _message, _message_corrupt, op, lsn from kafka.shop.orders where _message in (${literals(poison)}) order by 1`,
    );
    deepEqual(seen, [
      ["[]", false, null, null],
      ["not JSON", true, null, null],
      ['{"op": 7, "after": "none"}', false, "7", null],
    ]);
    await merge();
    deepEqual(await merged(), before);
    equal(await sql.value("select count(*) from kafka.shop.orders where _message_corrupt and _message_length > 0"), 1);
  });
});
