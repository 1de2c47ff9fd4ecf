import assert from "node:assert/strict";

import { acls, resourceName } from "../../../components/streaming/kafka.access";

describe("rights on topics", () => {
  it("to read are the topic's, and the groups of the user's name, but of none that only begins alike", () => {
    assert.deepEqual(acls("flink", [{ topic: "orders", level: "read" }]), [
      { resource: { type: "group", name: "flink", patternType: "literal" }, operations: ["Describe", "Read"] },
      { resource: { type: "group", name: "flink-", patternType: "prefix" }, operations: ["Describe", "Read"] },
      {
        resource: { type: "topic", name: "orders", patternType: "literal" },
        operations: ["Describe", "DescribeConfigs", "Read"],
      },
    ]);
  });

  it("to read without a group are the topic's only", () => {
    assert.deepEqual(acls("trino", [{ topic: "orders", level: "read", group: false }]), [
      {
        resource: { type: "topic", name: "orders", patternType: "literal" },
        operations: ["Describe", "DescribeConfigs", "Read"],
      },
    ]);
  });

  it("to write are the topic's, and transactions of the user's name; never groups", () => {
    assert.deepEqual(acls("app", [{ topic: "orders", level: "write" }]), [
      {
        resource: { type: "topic", name: "orders", patternType: "literal" },
        operations: ["Describe", "DescribeConfigs", "Write"],
      },
      { resource: { type: "transactionalId", name: "app", patternType: "literal" }, operations: ["Describe", "Write"] },
      { resource: { type: "transactionalId", name: "app-", patternType: "prefix" }, operations: ["Describe", "Write"] },
    ]);
  });

  it("to create are to write, and to make topics by that name only", () => {
    assert.deepEqual(acls("connect", [{ topic: "shop.", prefix: true, level: "create" }])[0], {
      resource: { type: "topic", name: "shop.", patternType: "prefix" },
      operations: ["Create", "Describe", "DescribeConfigs", "Write"],
    });
  });

  it("for the same topic twice are one rule, and a group may be another", () => {
    assert.deepEqual(
      acls("connect", [
        { topic: "connect-status", level: "write" },
        { topic: "connect-status", level: "read", group: "workers" },
      ]),
      [
        { resource: { type: "group", name: "workers", patternType: "literal" }, operations: ["Describe", "Read"] },
        { resource: { type: "group", name: "workers-", patternType: "prefix" }, operations: ["Describe", "Read"] },
        {
          resource: { type: "topic", name: "connect-status", patternType: "literal" },
          operations: ["Describe", "DescribeConfigs", "Read", "Write"],
        },
        {
          resource: { type: "transactionalId", name: "connect", patternType: "literal" },
          operations: ["Describe", "Write"],
        },
        {
          resource: { type: "transactionalId", name: "connect-", patternType: "prefix" },
          operations: ["Describe", "Write"],
        },
      ],
    );
  });

  it("never alter, delete or administer anything, whatever is asked for", () => {
    const all = acls(
      "user",
      (["read", "write", "create"] as const).map((level) => ({ topic: "t", level })),
    ).flatMap(({ operations }) => operations);
    assert.deepEqual([...new Set(all)].sort(), ["Create", "Describe", "DescribeConfigs", "Read", "Write"]);
  });

  it("are in the same order, however they are asked for", () => {
    const [one, other] = [
      { topic: "a", level: "read" },
      { topic: "b", level: "write" },
    ] as const;
    assert.deepEqual(acls("u", [one, other]), acls("u", [other, one]));
  });
});

describe("a topic's resource", () => {
  it("is named as Kubernetes takes it", () => {
    assert.deepEqual(["orders", "shop.public.Order_Items", "__debezium-heartbeat.shop", "x_"].map(resourceName), [
      "orders",
      "shop.public.order-items",
      "debezium-heartbeat.shop",
      "x",
    ]);
  });
});
