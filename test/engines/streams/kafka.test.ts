import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { until } from "../../../sandbox/core/until";
import { KafkaClient } from "../../../sandbox/engines/kafka/client";
import { type Change, CONNECTOR, followed, merge, merged, once, shop, TOPIC, wanted } from "./shop";
import { stage } from "./stage";

/** A user without write access to any topic is refused before the topic is looked up. */
const DENIED = /(Topic|Group|Cluster)AuthorizationException/;

describe("Kafka from the rendered resources", () => {
  const as = (service: string) => KafkaClient.service(stage().ground, service);

  it("has the topics of the stack, and creates no others automatically", async () => {
    const { ground, kafka } = stage();
    const wanted = ground.rendered.objects<{ spec: { topicName: string } }>("KafkaTopic");
    const topics = await kafka.admin.topics();
    deepEqual(
      wanted.map(({ spec }) => spec.topicName).filter((name) => !topics.includes(name)),
      [],
    );
    await rejects(kafka.admin.produce("nobodys", [{ value: "lost" }], 5000), /not present in metadata|UNKNOWN_TOPIC/);
    ok(!(await kafka.admin.topics()).includes("nobodys"));
  });

  it("lets each user do what was granted, and denies the rest", async () => {
    await as("flink").consume("orders", "flink-orders");
    await Promise.all([
      rejects(as("flink").consume("orders", "another"), DENIED, "another's group"),
      rejects(as("flink").produce("orders", [{ value: "no" }]), DENIED, "writes what it reads"),
      rejects(as("flink").consume("connect-configs"), DENIED, "another's topic"),
      rejects(as("connect").consume("orders"), DENIED, "another's topic"),
      rejects(as("connect").produce("orders", [{ value: "no" }]), DENIED, "another's topic"),
    ]);
  });

  it("refuses a wrong password and an unknown user", async () => {
    const { ground } = stage();
    for (const user of ["flink", "nobody"]) {
      await rejects(KafkaClient.of(ground, user, "wrong").topics(), /SaslAuthenticationException/, user);
    }
  });
});

describe("changes of a database, from Debezium's rendered connector,", () => {
  const count = (all: readonly Change[], op: string) => all.filter((change) => change.op === op).length;

  before(async () => {
    // The connector runs already, and must follow a new table too.
    await shop().run("shop", "create table orders (id int primary key, amount numeric(10, 2))");
    await shop().run("shop", "insert into orders select i, i * 1.25 from generate_series(1, 200) i");
    await shop().run("shop", "update orders set amount = amount + 1 where id <= 50");
    await shop().run("shop", "delete from orders where id > 180");
  });

  it("are in the topic once each: inserts, updates and deletes", async () => {
    const all = await followed((seen) => count(seen, "d") >= 20);
    deepEqual([count(all, "c"), count(all, "u"), count(all, "d"), all.length], [200, 50, 20, 270]);
    equal(all.find(({ id, op }) => id === 3 && op === "u")?.amount, "4.75");
  });

  it("the connector's user can neither read the topic that it writes nor change the database", async () => {
    const { database, ground } = stage();
    await rejects(KafkaClient.service(ground, "connect").consume(TOPIC), DENIED);
    await rejects(database.as("connect").run("shop", "delete from orders"), /permission denied/);
    await rejects(database.as("connect").run("shop", "create table mine (id int)"), /permission denied/);
    await rejects(database.as("connect").run("metastore", 'select * from "DBS"'), /permission denied/);
  });

  it("merge into an Iceberg table that equals the database's table; a second merge changes nothing", async () => {
    for (let time = 0; time < 2; time++) {
      await merge();
      deepEqual(await merged(), await wanted());
    }
    equal((await merged()).length, 180);
  });

  it("no change is lost or counted twice when broker and worker crash", async () => {
    const { connect, kafka } = stage();
    await until("the connector has committed offsets", () => connect.hasOffsets(CONNECTOR));
    let next = 1000;
    const state = { ended: false };
    const writing = (async () => {
      while (!state.ended) {
        const [first, last] = [next, next + 24];
        next += 25;
        await shop().run(
          "shop",
          `insert into orders select i, i from generate_series(${first}, ${last}) i; update orders set amount = amount + 1 where id = ${first}; delete from orders where id = ${last}`,
        );
        await sleep(300);
      }
    })();
    await sleep(1500);
    await kafka.engine.kill();
    await sleep(1500);
    await kafka.engine.restart();
    await sleep(2500);
    await connect.engine.kill();
    await sleep(1000);
    await connect.engine.restart();
    await sleep(1500);
    state.ended = true;
    await writing;
    await shop().run("shop", "insert into orders values (999, 0)");
    // The operator restarts failed tasks by `autoRestart`.
    await connect.restart(CONNECTOR);
    const all = await followed((seen) => seen.some(({ id }) => id === 999));
    const different = once(all).filter(({ id }) => id >= 1000);
    const batches = (next - 1000) / 25;
    console.log(`      ${batches * 27} changes; ${all.length - once(all).length} were told twice`);
    deepEqual([count(different, "c"), count(different, "u"), count(different, "d")], [batches * 25, batches, batches]);
    await merge();
    deepEqual(await merged(), await wanted());
  });
});
