import assert from "node:assert/strict";

import { acls, resourceName } from "../../../../components/streaming/kafka/access";

describe("rights on topics", () => {
  it("to read include the topic and groups below the user's name, but no group that only has it as prefix", () => {
    assert.deepEqual(acls("flink", [{ topic: "orders", level: "read" }]), [
      { resource: { type: "group", name: "flink", patternType: "literal" }, operations: ["Describe", "Read"] },
      { resource: { type: "group", name: "flink-", patternType: "prefix" }, operations: ["Describe", "Read"] },
      {
        resource: { type: "topic", name: "orders", patternType: "literal" },
        operations: ["Describe", "DescribeConfigs", "Read"],
      },
    ]);
  });

  it("to read without a group include only the topic", () => {
    assert.deepEqual(acls("trino", [{ topic: "orders", level: "read", group: false }]), [
      {
        resource: { type: "topic", name: "orders", patternType: "literal" },
        operations: ["Describe", "DescribeConfigs", "Read"],
      },
    ]);
  });

  it("to write include the topic and transactions below the user's name, and no groups", () => {
    assert.deepEqual(acls("app", [{ topic: "orders", level: "write" }]), [
      {
        resource: { type: "topic", name: "orders", patternType: "literal" },
        operations: ["Describe", "DescribeConfigs", "Write"],
      },
      { resource: { type: "transactionalId", name: "app", patternType: "literal" }, operations: ["Describe", "Write"] },
      { resource: { type: "transactionalId", name: "app-", patternType: "prefix" }, operations: ["Describe", "Write"] },
    ]);
  });

  it("to create include writing, and creating topics of that name only", () => {
    assert.deepEqual(acls("connect", [{ topic: "shop.", prefix: true, level: "create" }])[0], {
      resource: { type: "topic", name: "shop.", patternType: "prefix" },
      operations: ["Create", "Describe", "DescribeConfigs", "Write"],
    });
  });

  it("for the same topic twice are one rule, with each group", () => {
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

  it("never include altering, deleting or administration, for any request", () => {
    const all = acls(
      "user",
      (["read", "write", "create"] as const).map((level) => ({ topic: "t", level })),
    ).flatMap(({ operations }) => operations);
    assert.deepEqual([...new Set(all)].sort(), ["Create", "Describe", "DescribeConfigs", "Read", "Write"]);
  });

  it("do not depend on the order of requests", () => {
    const [one, other] = [
      { topic: "a", level: "read" },
      { topic: "b", level: "write" },
    ] as const;
    assert.deepEqual(acls("u", [one, other]), acls("u", [other, one]));
  });
});

describe("a topic's resource", () => {
  it("has a valid Kubernetes name", () => {
    assert.deepEqual(["orders", "shop.public.Order_Items", "__debezium-heartbeat.shop", "x_"].map(resourceName), [
      "orders",
      "shop.public.order-items",
      "debezium-heartbeat.shop",
      "x",
    ]);
  });
});
