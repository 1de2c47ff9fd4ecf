import assert from "node:assert/strict";

import type { PodGroup } from "../../../../components/core/pod-group";
import { GiB, MiB, TiB } from "../../../../components/core/quantity";
import { pins } from "../../../../components/pins";
import { LEAST_MEMORY } from "../../../support/sizes";
import {
  clusterSpec,
  heap,
  jvmOptions,
  nodePoolSpec,
  replication,
  serverConfig,
} from "../../../../components/streaming/kafka/config";
import { kafkaPods, podLabels } from "../../../../components/streaming/kafka/pods";
import { kafkaSettings, testPlatform } from "./fixtures";

const group = (over: Partial<PodGroup> = {}): PodGroup => ({
  service: "kafka",
  role: "broker",
  namespace: "lakehouse-streaming",
  replicas: 3,
  requests: { cpu: 4, memory: 24 * GiB },
  limits: { cpu: 8, memory: 24 * GiB },
  volumes: [
    { name: "data-0", size: TiB, storageClass: "fast" },
    { name: "data-1", size: TiB },
  ],
  pools: ["streaming"],
  spread: "one-per-node",
  lifetime: "always",
  origin: "deployed",
  priorityClass: "lakehouse-serving",
  ...over,
});

describe("a node's heap", () => {
  it("of a broker is a quarter, between 512 MiB (or a half) and 6 GiB", () => {
    const cases: readonly (readonly [number, number])[] = [
      [768 * MiB, 384 * MiB],
      [GiB, 512 * MiB],
      [2 * GiB, 512 * MiB],
      [2 * GiB + 4 * MiB, 513 * MiB],
      [8 * GiB, 2 * GiB],
      [24 * GiB, 6 * GiB],
      [64 * GiB, 6 * GiB],
    ];
    for (const [memory, expected] of cases) {
      assert.equal(heap("broker", memory), expected, String(memory / MiB));
      assert.equal(heap("combined", memory), expected);
    }
  });

  it("of a controller is a half, at most 4 GiB", () => {
    assert.deepEqual(
      [512 * MiB, 2 * GiB, 8 * GiB, 16 * GiB].map((memory) => heap("controller", memory)),
      [256 * MiB, GiB, 4 * GiB, 4 * GiB],
    );
  });

  it("leaves a broker at least as much for the page cache, for any size", () => {
    const least = LEAST_MEMORY["lakehouse:streaming.kafka.broker"]! * MiB;
    for (let memory = least; memory < 64 * GiB; memory = Math.floor(memory * 1.3))
      assert.ok(heap("broker", memory) <= memory / 2, String(memory));
  });

  it("is allocated at the start, in whole MiB", () => {
    assert.deepEqual(jvmOptions(512 * MiB + 1), { "-Xms": "512m", "-Xmx": "512m" });
  });
});

describe("replicas of a record", () => {
  it("are three, of which one may be missing, or as many as brokers if these are fewer", () => {
    assert.deepEqual([1, 2, 3, 50].map(replication), [
      { copies: 1, inSync: 1 },
      { copies: 2, inSync: 1 },
      { copies: 3, inSync: 2 },
      { copies: 3, inSync: 2 },
    ]);
  });

  it("are equal for topics, offsets, transactions and shares; topics are not created automatically", () => {
    const of = (replicas: number) => serverConfig(kafkaSettings({ broker: { replicas }, combined: true }));
    assert.deepEqual(of(1), {
      "auto.create.topics.enable": false,
      "default.replication.factor": 1,
      "log.retention.hours": 168,
      "min.insync.replicas": 1,
      "num.partitions": 3,
      "offsets.topic.replication.factor": 1,
      "share.coordinator.state.topic.min.isr": 1,
      "share.coordinator.state.topic.replication.factor": 1,
      "transaction.state.log.min.isr": 1,
      "transaction.state.log.replication.factor": 1,
    });
    const three = of(3);
    for (const key of Object.keys(three).filter((name) => name.includes("replication.factor")))
      assert.equal(three[key], 3, key);
    for (const key of ["min.insync.replicas", "transaction.state.log.min.isr"]) assert.equal(three[key], 2, key);
  });
});

describe("a pool of nodes", () => {
  it("has its disks as JBOD, which are kept on deletion, with the metadata on the first", () => {
    const { storage, roles, jvmOptions: jvm } = nodePoolSpec(group(), "broker") as Record<string, unknown>;
    assert.deepEqual(storage, {
      type: "jbod",
      volumes: [
        { id: 0, type: "persistent-claim", size: "1Ti", class: "fast", deleteClaim: false, kraftMetadata: "shared" },
        { id: 1, type: "persistent-claim", size: "1Ti", deleteClaim: false },
      ],
    });
    assert.deepEqual([roles, jvm], [["broker"], { "-Xms": "6144m", "-Xmx": "6144m" }]);
  });

  it("is spread over nodes by the labels of Strimzi's pods", () => {
    const { template } = nodePoolSpec(group(), "broker") as {
      template: { pod: { affinity: { podAntiAffinity: object }; tolerations: object[] } };
    };
    assert.deepEqual(template.pod.affinity.podAntiAffinity, {
      requiredDuringSchedulingIgnoredDuringExecution: [
        {
          labelSelector: { matchLabels: { "strimzi.io/cluster": "kafka", "strimzi.io/broker-role": "true" } },
          topologyKey: "kubernetes.io/hostname",
        },
      ],
    });
    assert.deepEqual(template.pod.tolerations, [{ key: "lakehouse.dev/pool", operator: "Equal", value: "streaming" }]);
  });

  it("has both roles if the settings say so", () => {
    assert.deepEqual((nodePoolSpec(group(), "combined") as { roles: object }).roles, ["controller", "broker"]);
  });
});

describe("Kafka's pods", () => {
  const shape = (kafka: Readonly<Record<string, unknown>>) =>
    kafkaPods(testPlatform(), kafkaSettings(kafka)).map(({ role, replicas, spread, volumes }) => [
      role,
      replicas,
      spread,
      volumes.length,
    ]);

  it("are brokers and controllers, one a node, and one pod of each other role", () => {
    assert.deepEqual(shape({ broker: { replicas: 50 }, disks: 4 }), [
      ["broker", 50, "one-per-node", 4],
      ["controller", 3, "one-per-node", 1],
      ["entity-operator", 1, "any", 0],
      ["exporter", 1, "any", 0],
    ]);
  });

  it("are one node in the smallest cluster", () => {
    assert.deepEqual(shape({ broker: { replicas: 1 }, combined: true }).slice(0, 1), [["combined", 1, "any", 1]]);
  });

  it("of different roles have different labels", () => {
    const roles = ["broker", "controller", "entity-operator", "exporter"];
    assert.equal(new Set(roles.map((role) => JSON.stringify(podLabels(role)))).size, roles.length);
    assert.deepEqual(podLabels("exporter"), {
      "strimzi.io/cluster": "kafka",
      "strimzi.io/name": "kafka-kafka-exporter",
    });
  });
});

describe("the cluster", () => {
  interface Spec {
    readonly kafka: { readonly listeners: readonly Record<string, unknown>[]; readonly authorization: object };
    readonly entityOperator: {
      readonly topicOperator: { readonly resources: object; readonly jvmOptions: object; readonly image: string };
      readonly userOperator: { readonly secretPrefix: string };
    };
  }
  const spec = (): Spec =>
    clusterSpec({
      settings: kafkaSettings({}),
      entityOperator: group({ requests: { cpu: 0.2, memory: 512 * MiB }, limits: { cpu: 0.4, memory: 512 * MiB } }),
      exporter: group(),
    }) as Spec;

  it("requires a password of every client, with and without TLS, and grants nothing by default", () => {
    const { listeners, authorization } = spec().kafka;
    assert.deepEqual(
      listeners.map(({ name, port, tls, type, authentication }) => [name, port, tls, type, authentication]),
      [
        ["plain", 9092, false, "internal", { type: "scram-sha-512" }],
        ["tls", 9093, true, "internal", { type: "scram-sha-512" }],
      ],
    );
    assert.deepEqual(authorization, { type: "simple" });
  });

  it("admits only its own pods on the network, because other connections are Links", () => {
    for (const { networkPolicyPeers } of spec().kafka.listeners)
      assert.deepEqual(networkPolicyPeers, [{ podSelector: { matchLabels: { "strimzi.io/cluster": "kafka" } } }]);
  });

  it("divides the entity operator's size between its two containers", () => {
    const { topicOperator, userOperator } = spec().entityOperator;
    assert.deepEqual(topicOperator.resources, {
      requests: { cpu: "100m", memory: "256Mi" },
      limits: { cpu: "200m", memory: "256Mi" },
    });
    assert.deepEqual(topicOperator.jvmOptions, { "-Xms": "128m", "-Xmx": "128m" });
    assert.equal(topicOperator.image, pins.strimzi.image);
    assert.equal(userOperator.secretPrefix, "kafka-user-");
  });
});
