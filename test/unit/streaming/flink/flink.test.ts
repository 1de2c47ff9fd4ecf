import assert from "node:assert/strict";

import { flink } from "./fixtures";

const LINK = "lakehouse:core:Link";

describe("Flink", () => {
  it("has these connections and no others", async () => {
    const { ofType } = await flink();
    assert.deepEqual(
      ofType(LINK)
        .map(({ inputs }) => `${inputs.from} → ${inputs.to}:${String(inputs.port)}`)
        .sort(),
      [
        "flink → api-server:443",
        "flink → hive-metastore-rest:9001",
        "flink → kafka-tls:9093",
        "flink → libraries:8080",
        "flink → s3:9000",
        "flink-jobmanager → flink-taskmanager:6122",
        "flink-operator → api-server:443",
        "flink-operator → flink-jobmanager-rest:8081",
        "flink-taskmanager → flink-jobmanager:6123",
        "flink-taskmanager → flink-taskmanager-data:6121",
      ],
    );
  });

  it("connects pods of a role with each other only if there are several", async () => {
    const among = async (of: object) => {
      const { ofType } = await flink({ ...of });
      return ofType(LINK)
        .map(({ inputs }) => `${inputs.from} → ${inputs.to}`)
        .filter((link) => /^(flink-\w+) → \1/.test(link));
    };
    assert.deepEqual(await among({ taskManager: { replicas: 1 } }), []);
    assert.deepEqual(await among({ jobManager: { replicas: 2 }, taskManager: { replicas: 2 } }), [
      "flink-taskmanager → flink-taskmanager-data",
      "flink-jobmanager → flink-jobmanager",
    ]);
  });

  it("opens the ports of each role only to the other", async () => {
    const { ofType } = await flink();
    const ports = (name: string) => {
      const found = ofType("kubernetes:networking.k8s.io/v1:NetworkPolicy").find(
        (each) => each.name === `${name}-ingress`,
      );
      const spec = found?.inputs.spec as unknown as { ingress: [{ ports: { port: number }[] }] };
      return spec.ingress[0].ports.map(({ port }) => port);
    };
    assert.deepEqual(ports("flink-taskmanager-to-flink-jobmanager"), [6123, 6124]);
    assert.deepEqual(ports("flink-jobmanager-to-flink-taskmanager"), [6122, 6125]);
    assert.deepEqual(ports("flink-taskmanager-to-flink-taskmanager-data"), [6121]);
    assert.deepEqual(ports("flink-operator-to-flink-jobmanager-rest"), [8081]);
  });

  it("has no connection to the server of libraries with an own image", async () => {
    const { ofType } = await flink({ jars: "image" });
    assert.ok(!ofType(LINK).some(({ inputs }) => inputs.to === "libraries"));
  });

  it("can write its state and its own tables, and nothing else", async () => {
    const { objects } = await flink();
    assert.deepEqual(objects.grants, [
      {
        user: "flink",
        access: [
          { bucket: "x-warehouse", prefix: "_flink/", level: "write" },
          { bucket: "x-silver", prefix: "orders/", level: "write" },
          { bucket: "x-silver", prefix: "orders_rejected/", level: "write" },
          { bucket: "x-gold", prefix: "orders_per_minute/", level: "write" },
        ],
      },
    ]);
  });

  it("reads one topic, with the partitions of the settings", async () => {
    const { topics, granted } = await flink({ partitions: 7 });
    assert.deepEqual(topics, [{ name: "orders", partitions: 7 }]);
    assert.deepEqual(granted, [{ topic: "orders", level: "read", group: "flink-orders" }]);
  });

  it("can manage ConfigMaps in its namespace for leader election, and nothing else", async () => {
    const { ofType } = await flink();
    const [role, ...others] = ofType("kubernetes:rbac.authorization.k8s.io/v1:Role");
    assert.deepEqual(others, []);
    // Kafka's configuration is in another.
    assert.equal(role?.inputs.metadata.namespace, "lakehouse-processing");
    assert.deepEqual(
      role.inputs.rules.map((rule) => (rule as { resources: string[] }).resources),
      [["configmaps"]],
    );
  });

  it("has its statements in a ConfigMap without passwords", async () => {
    const { ofType } = await flink();
    const map = ofType("kubernetes:core/v1:ConfigMap").find(({ name }) => name === "flink-sql");
    assert.deepEqual(Object.keys(map?.inputs.data ?? {}), ["orders.sql"]);
    const passwords = [...(map?.inputs.data["orders.sql"] ?? "").matchAll(/password="([^"]*)"/g)];
    assert.deepEqual(
      passwords.map(([, value]) => value),
      ["${env:KAFKA_PASSWORD}"],
    );
  });
});
