import assert from "node:assert/strict";

import { GiB, MiB } from "../../../../components/core/quantity";
import { pins } from "../../../../components/pins";
import { LEAST_MEMORY } from "../../../support/sizes";
import { heap } from "../../../../components/streaming/connect/config";
import { streaming } from "../kafka/fixtures";

const on = { enabled: true, sources: [{ database: "shop" }] };

interface WorkerSpec {
  readonly image: string;
  readonly authentication: object;
  readonly tls: object;
  readonly template: {
    readonly pod: { readonly volumes?: object };
    readonly connectContainer: { readonly env: readonly { readonly name: string }[]; readonly volumeMounts?: object };
  };
}

async function workers(connect: Readonly<Record<string, unknown>>): Promise<WorkerSpec> {
  const { kinds } = await streaming({}, connect);
  return kinds("KafkaConnect")[0]?.inputs.spec as unknown as WorkerSpec;
}

describe("a worker of Kafka Connect", () => {
  it("leaves a quarter, at least 256 MiB, outside of the heap", () => {
    assert.deepEqual([768 * MiB, GiB, 2 * GiB, 4 * GiB].map(heap), [512 * MiB, 768 * MiB, 1536 * MiB, 3 * GiB]);
    assert.ok(heap(LEAST_MEMORY["lakehouse:streaming.connect.worker"]! * MiB) >= 512 * MiB);
  });

  it("has Debezium from its published image, read-only, on the class path", async () => {
    const { image, template } = await workers(on);
    assert.equal(image, pins.kafka.image);
    assert.deepEqual(template.pod.volumes, [
      { name: "debezium", image: { reference: pins.debezium.image, pullPolicy: "IfNotPresent" } },
    ]);
    assert.deepEqual(template.connectContainer.volumeMounts, [{ name: "debezium", mountPath: "/mnt/debezium" }]);
    assert.deepEqual(template.connectContainer.env[0], {
      name: "CLASSPATH",
      value: "/mnt/debezium/kafka/connect/debezium-connector-postgres/*",
    });
  });

  it("has only the plugins of an own image", async () => {
    const { image, template } = await workers({ ...on, image: "registry.example.org/connect:1" });
    assert.equal(image, "registry.example.org/connect:1");
    assert.deepEqual([template.pod.volumes, template.connectContainer.volumeMounts], [undefined, undefined]);
    assert.deepEqual(
      template.connectContainer.env.map(({ name }) => name),
      ["POSTGRES_USER", "POSTGRES_PASSWORD"],
    );
  });

  it("signs in as its own user over TLS, with passwords by reference", async () => {
    const { authentication, tls } = await workers(on);
    assert.deepEqual(authentication, {
      type: "scram-sha-512",
      username: "connect",
      passwordSecret: { secretName: "connect-kafka", password: "password" },
    });
    assert.deepEqual(tls, { trustedCertificates: [{ secretName: "kafka-cluster-ca-cert", certificate: "ca.crt" }] });
  });

  it("is connected to Kafka, the database, the API server and the other workers", async () => {
    const { links } = await streaming({}, on);
    assert.deepEqual(
      links.filter((link) => link.includes("connect")),
      [
        "connect → api-server 443",
        "connect → connect-workers 8083",
        "connect → kafka-tls 9093",
        "connect → postgres 5432",
        "strimzi → connect-rest 8083",
      ],
    );
    const one = await streaming({}, { enabled: true, worker: { replicas: 1 } });
    assert.deepEqual(
      one.links.filter((link) => link.includes("connect")),
      ["connect → api-server 443", "connect → kafka-tls 9093", "strimzi → connect-rest 8083"],
    );
  });

  it("can use its own topics, and create those of its sources", async () => {
    const { kinds } = await streaming({}, on);
    const acls = (
      kinds("KafkaUser")[0]?.inputs.spec as unknown as {
        authorization: { acls: readonly { resource: Record<string, string>; operations: readonly string[] }[] };
      }
    ).authorization.acls;
    const mayCreate = acls
      .filter(({ operations }) => operations.includes("Create"))
      .map(({ resource }) => `${String(resource.patternType)} ${String(resource.name)}`);
    assert.deepEqual(mayCreate, ["literal __debezium-heartbeat.shop", "prefix shop."]);
    const topics = acls.filter(({ resource }) => resource.type === "topic").map(({ resource }) => resource.name);
    assert.deepEqual(topics, [
      "__debezium-heartbeat.shop",
      "connect-configs",
      "connect-offsets",
      "connect-status",
      "shop.",
    ]);
    assert.deepEqual(
      kinds("KafkaTopic").map(({ inputs: { spec } }) => [spec?.topicName, spec?.partitions, spec?.config]),
      [
        ["connect-configs", 1, { "cleanup.policy": "compact" }],
        ["connect-offsets", 25, { "cleanup.policy": "compact" }],
        ["connect-status", 5, { "cleanup.policy": "compact" }],
      ],
    );
  });
});

describe("a source", () => {
  it("uses the publication and slot of the database's grant, with credentials as variables", async () => {
    const { kinds, database } = await streaming({}, { enabled: true, sources: [{ database: "web_shop" }] });
    const { metadata, spec } = kinds("KafkaConnector")[0]?.inputs ?? {};
    assert.deepEqual(database.followed, ["connect:web_shop"]);
    assert.deepEqual([metadata?.name, metadata?.labels["strimzi.io/cluster"]], ["source-web-shop", "connect"]);
    assert.deepEqual(spec, {
      class: "io.debezium.connector.postgresql.PostgresConnector",
      tasksMax: 1,
      autoRestart: { enabled: true },
      config: {
        "database.hostname": "postgres-rw.lakehouse-storage.svc",
        "database.port": 5432,
        "database.user": "${strimzienv:POSTGRES_USER}",
        "database.password": "${strimzienv:POSTGRES_PASSWORD}",
        "database.dbname": "web_shop",
        "topic.prefix": "web_shop",
        "plugin.name": "pgoutput",
        "publication.name": "connect_web_shop",
        "publication.autocreate.mode": "disabled",
        "slot.name": "connect_web_shop",
        "slot.drop.on.stop": false,
        "slot.failover": true,
        "snapshot.mode": "when_needed",
        "schema.include.list": "public",
        "heartbeat.interval.ms": 60_000,
        "heartbeat.action.query": "SELECT pg_logical_emit_message(false, 'heartbeat', now()::text)",
        "decimal.handling.mode": "string",
        "errors.tolerance": "none",
        "topic.creation.default.partitions": -1,
        "topic.creation.default.replication.factor": -1,
      },
    });
  });

  it("can be limited to some tables", async () => {
    const { kinds } = await streaming({}, { enabled: true, sources: [{ database: "shop", tables: ["a", "b"] }] });
    const { config } = kinds("KafkaConnector")[0]?.inputs.spec as { config: Record<string, unknown> };
    assert.equal(config["table.include.list"], "public.a,public.b");
  });
});
