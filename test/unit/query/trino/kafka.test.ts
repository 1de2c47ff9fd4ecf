import assert from "node:assert/strict";

import type { TopicAccess } from "../../../../components/core/capabilities";
import { accessControl } from "../../../../components/query/trino/config";
import { kafkaCatalog, kafkaFiles, topicTables } from "../../../../components/query/trino/kafka";
import { knownTopics } from "../../../../components/streaming/topics";
import { settingsFrom } from "../../../../components/settings";

const KNOWN = { topics: ["orders", "shop.public.baskets", "up-loads"], databases: ["shop"] };
const tables = (topics: Parameters<typeof topicTables>[1]["topics"] = []) =>
  topicTables(KNOWN, { enabled: true, topics });

const ACCESS: Pick<TopicAccess, "bootstrap" | "securityProtocol" | "mechanism"> = {
  bootstrap: "kafka:9092",
  securityProtocol: "SASL_PLAINTEXT",
  mechanism: "SCRAM-SHA-512",
};
const access = ACCESS as TopicAccess;

describe("topics as tables", () => {
  it("are the stack's topics and additional ones, each once, with changes in their database's schema", () => {
    const all = tables([{ topic: "shop.public.order-lines" }, { topic: "other.public.orders" }, { topic: "orders" }]);
    assert.deepEqual(
      all.map(({ schema, table, topic }) => [`${schema}.${table}`, topic]),
      [
        ["topics.orders", "orders"],
        ["topics.other_public_orders", "other.public.orders"],
        ["shop.baskets", "shop.public.baskets"],
        ["shop.order_lines", "shop.public.order-lines"],
        ["topics.up_loads", "up-loads"],
      ],
    );
  });

  it("have the columns of a change, the columns of the settings, or none", () => {
    const of = (topic: string) =>
      tables([{ topic: "orders", columns: { id: "bigint", at: "timestamp" } }]).find((table) => table.topic === topic)
        ?.fields;
    assert.deepEqual(
      of("shop.public.baskets")?.map(({ name, mapping, type }) => [name, mapping, type]),
      [
        ["op", "op", "varchar"],
        ["before", "before", "varchar"],
        ["after", "after", "varchar"],
        ["lsn", "source/lsn", "bigint"],
        ["ts_ms", "source/ts_ms", "bigint"],
      ],
    );
    assert.deepEqual(of("orders"), [
      { name: "id", mapping: "id", type: "bigint" },
      { name: "at", mapping: "at", type: "timestamp(3)", dataFormat: "iso8601" },
    ]);
    assert.deepEqual(of("up-loads"), []);
  });

  it("come from the settings of streaming systems that are on", () => {
    const { streaming } = settingsFrom({
      nodes: [{ name: "one", pool: "all", cpu: 64, memory: "256Gi" }],
      pools: { all: { default: true } },
      cluster: { certManager: true },
      storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] } },
      streaming: {
        kafka: { enabled: true, topics: [{ name: "uploads" }] },
        connect: { enabled: true, sources: [{ database: "shop", tables: ["orders"] }, { database: "crm" }] },
        flink: { enabled: true },
      },
    });
    assert.deepEqual(knownTopics(streaming), {
      topics: ["uploads", "orders", "shop.public.orders"],
      databases: ["shop", "crm"],
    });
    const off = { connect: { ...streaming.connect, enabled: false }, flink: { ...streaming.flink, enabled: false } };
    assert.deepEqual(knownTopics({ ...streaming, ...off }), { topics: ["uploads"], databases: [] });
  });
});

describe("Trino's files for topics", () => {
  it("list each table in the catalog, with a description in its own file", () => {
    const all = tables();
    assert.match(kafkaCatalog(access, all), /^kafka\.table-names=topics\.orders,shop\.baskets,topics\.up_loads$/m);
    const files = kafkaFiles(access, all);
    assert.deepEqual(Object.keys(files), [
      "client.properties",
      "topics.orders.json",
      "shop.baskets.json",
      "topics.up_loads.json",
    ]);
    assert.deepEqual(JSON.parse(files["topics.up_loads.json"] ?? ""), {
      schemaName: "topics",
      tableName: "up_loads",
      topicName: "up-loads",
    });
  });

  it("have credentials only as environment variables", () => {
    const [jaas] = /^sasl\.jaas\.config=.*$/m.exec(kafkaFiles(access, tables())["client.properties"] ?? "") ?? [];
    assert.match(jaas ?? "", /username="\$\{env:TRINO_KAFKA_USER\}" password="\$\{env:TRINO_KAFKA_PASSWORD\}";$/);
  });

  it("make the catalog read-only for all users", () => {
    const { catalogs } = JSON.parse(accessControl(["lakehouse", "postgres"], ["kafka"])) as { catalogs: object[] };
    assert.deepEqual(catalogs, [
      { catalog: "lakehouse|postgres", allow: "all" },
      { catalog: "kafka", allow: "read-only" },
      { catalog: "system", allow: "read-only" },
    ]);
  });
});
