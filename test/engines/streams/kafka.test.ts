import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { until } from "../../../sandbox/core/until";
import { KafkaClient } from "../../../sandbox/engines/kafka-client";
import { type Change, CONNECTOR, followed, merge, merged, once, shop, TOPIC, wanted } from "./shop";
import { stage } from "./stage";

/** Who may write nowhere at all is refused before a topic is asked for. */
const DENIED = /(Topic|Group|Cluster)AuthorizationException/;

describe("Kafka from the rendered resources", () => {
  const as = (service: string) => KafkaClient.service(stage().ground, service);

  it("has the topics of the stack, and makes none that nobody asked for", async () => {
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

  it("each user does what was granted and is refused the rest", async () => {
    await as("flink").consume("orders", "flink-orders");
    await Promise.all([
      rejects(as("flink").consume("orders", "another"), DENIED, "another's group"),
      rejects(as("flink").produce("orders", [{ value: "no" }]), DENIED, "writes what it reads"),
      rejects(as("flink").consume("connect-configs"), DENIED, "another's topic"),
      rejects(as("connect").consume("orders"), DENIED, "another's topic"),
      rejects(as("connect").produce("orders", [{ value: "no" }]), DENIED, "another's topic"),
    ]);
  });

  it("a wrong password and a name that nobody has are refused", async () => {
    const { ground } = stage();
    for (const user of ["flink", "nobody"]) {
      await rejects(KafkaClient.of(ground, user, "wrong").topics(), /SaslAuthenticationException/, user);
    }
  });
});

describe("changes of a database, by Debezium's connector as it is rendered", () => {
  const count = (all: readonly Change[], op: string) => all.filter((change) => change.op === op).length;

  before(async () => {
    // The connector runs already: a table that comes later is followed too.
    await shop().run("shop", "create table orders (id int primary key, amount numeric(10, 2))");
    await shop().run("shop", "insert into orders select i, i * 1.25 from generate_series(1, 200) i");
    await shop().run("shop", "update orders set amount = amount + 1 where id <= 50");
    await shop().run("shop", "delete from orders where id > 180");
  });

  it("are in the topic, each once: what was inserted, changed, deleted", async () => {
    const all = await followed((seen) => count(seen, "d") >= 20);
    deepEqual([count(all, "c"), count(all, "u"), count(all, "d"), all.length], [200, 50, 20, 270]);
    equal(all.find(({ id, op }) => id === 3 && op === "u")?.amount, "4.75");
  });

  it("the connector's user may not read what it has written, nor change the database", async () => {
    const { database, ground } = stage();
    await rejects(KafkaClient.service(ground, "connect").consume(TOPIC), DENIED);
    await rejects(database.as("connect").run("shop", "delete from orders"), /permission denied/);
    await rejects(database.as("connect").run("shop", "create table mine (id int)"), /permission denied/);
    await rejects(database.as("connect").run("metastore", 'select * from "DBS"'), /permission denied/);
  });

  it("merged into an Iceberg table they are the database's table, as Trino counts it; a second merge changes nothing", async () => {
    for (let time = 0; time < 2; time++) {
      await merge();
      deepEqual(await merged(), await wanted());
    }
    equal((await merged()).length, 180);
  });

  it("broker and worker crash in mid-work: nothing is lost, and each change counts once", async () => {
    const { connect, kafka } = stage();
    await until("the connector's place is kept", () => connect.hasPlace(CONNECTOR));
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
    // As the operator's `autoRestart` does for a task that has failed.
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
