import assert from "node:assert/strict";

import { settingsFrom, SettingsError } from "../../../components/settings";

function given(topics: object[], streaming: object = { kafka: { enabled: true } }) {
  return () =>
    settingsFrom({
      nodes: [{ name: "one", pool: "all", cpu: 64, memory: "256Gi" }],
      pools: { all: { default: true } },
      cluster: { certManager: true },
      storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] } },
      query: { trino: { kafka: { topics } } },
      streaming,
    });
}

const refused = (topics: object[], path: string, message: string, streaming?: object) => {
  assert.throws(
    given(topics, streaming),
    new SettingsError([{ path: `lakehouse:query.trino.kafka.topics${path}`, message }]),
  );
};

describe("settings of topics as tables", () => {
  it("are on by default, with the stack's own topics", () => {
    assert.deepEqual(given([])().query.trino.kafka, { enabled: true, topics: [] });
  });

  it("require Kafka", () => {
    refused(
      [{ topic: "orders" }],
      "",
      "given while lakehouse:streaming.kafka.enabled is false; allowed: Kafka on, or no topics",
      {},
    );
  });

  it("require each topic once, and a table for each", () => {
    refused(
      [{ topic: "a" }, { topic: "a" }],
      "[1].topic",
      'given "a", which is in the list already; allowed: each topic once',
    );
    refused(
      [{ topic: "a.b" }, { topic: "a_b" }],
      "[1].topic",
      'given "a_b", whose table a_b is that of "a.b" already; allowed: one of the two',
    );
    refused(
      [{ topic: "up_loads" }],
      "[0].topic",
      'given "up_loads", whose table up_loads is that of "up-loads" already; allowed: one of the two',
      { kafka: { enabled: true, topics: [{ name: "up-loads" }] } },
    );
    assert.doesNotThrow(given([{ topic: "uploads" }], { kafka: { enabled: true, topics: [{ name: "uploads" }] } }));
  });

  it("refuse columns of changes, which have their own", () => {
    const streaming = {
      kafka: { enabled: true },
      connect: { enabled: true, image: "registry.example.org/connect:1", sources: [{ database: "shop" }] },
    };
    const columns = { id: "bigint" };
    refused(
      [{ topic: "shop.public.orders", columns }],
      "[0].columns",
      "given for the changes of a table, whose columns are known; allowed: none",
      streaming,
    );
    assert.doesNotThrow(given([{ topic: "crm.public.orders", columns }], streaming));
  });

  it("limit topics, columns and types", () => {
    refused(
      [{ topic: "Orders" }],
      "[0].topic",
      "given \"Orders\"; allowed: the name of a topic: lower-case letters, digits, '.', '_' and '-'",
    );
    refused(
      [{ topic: "orders", columns: { id: "int" } }],
      "[0].columns.id",
      'given "int"; allowed: one of varchar, boolean, integer, bigint, double, timestamp',
    );
    refused(
      [{ topic: "orders", columns: { Id: "integer" } }],
      "[0].columns.Id",
      "'Id' is not allowed as a name; allowed: a column's name: lower-case letters, digits and '_', beginning with a letter",
    );
  });
});
