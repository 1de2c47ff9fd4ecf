import assert from "node:assert/strict";

import { settingsFrom, SettingsError } from "../../../components/settings";
import { brokersFor } from "../../../components/streaming/kafka/check";

function given(streaming: object, cluster: object = {}) {
  return () =>
    settingsFrom({
      nodes: [{ name: "one", pool: "all", cpu: 64, memory: "256Gi" }],
      pools: { all: { default: true } },
      storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] } },
      cluster: { certManager: true, ...cluster },
      streaming,
    });
}

const refused = (streaming: object, path: string, message: string, cluster: object = {}) => {
  assert.throws(given(streaming, cluster), new SettingsError([{ path: `lakehouse:streaming.${path}`, message }]));
};

describe("brokers for a load", () => {
  it("are the founding documents' numbers at their sizes, and proportional in between", () => {
    const cases: readonly (readonly [number, number])[] = [
      [1, 3],
      [1_000_000, 3],
      [1_000_001, 4],
      [3_000_000, 7],
      [5_000_000, 10],
      [5_000_001, 11],
      [12_500_000, 30],
      [20_000_000, 50],
    ];
    for (const [messages, brokers] of cases) assert.equal(brokersFor(messages), brokers, String(messages));
  });

  it("are refused only if they are too few", () => {
    const of = (replicas: number) => ({ kafka: { enabled: true, messagesPerSecond: 5_000_000, broker: { replicas } } });
    assert.doesNotThrow(given(of(10)));
    refused(
      of(9),
      "kafka.broker.replicas",
      "given 9 for 5000000 messages per second; allowed: at least 10, or a smaller messagesPerSecond",
    );
  });
});

describe("settings of the streaming layer", () => {
  it("are off by default", () => {
    const { streaming } = given({})();
    assert.deepEqual([streaming.kafka.enabled, streaming.connect.enabled], [false, false]);
  });

  it("require a number of controllers with a clear majority", () => {
    refused(
      { kafka: { enabled: true, controller: { replicas: 4 } } },
      "kafka.controller.replicas",
      "given 4; allowed: 1, 3 or 5, so that a majority is clear",
    );
    refused(
      { kafka: { enabled: true, combined: true, broker: { replicas: 2 } } },
      "kafka.broker.replicas",
      "given 2, which are controllers too (combined); allowed: 1, 3 or 5, so that a majority is clear",
    );
    assert.doesNotThrow(given({ kafka: { enabled: true, combined: true, broker: { replicas: 1 } } }));
    assert.doesNotThrow(given({ kafka: { enabled: true, broker: { replicas: 2 } } }));
  });

  it("require one pod if Strimzi makes one", () => {
    refused({ kafka: { exporter: { replicas: 2 } } }, "kafka.exporter.replicas", "given 2; allowed: 1");
  });

  it("require Kafka for Connect, and each database once", () => {
    refused(
      { connect: { enabled: true } },
      "connect.enabled",
      "given true, which needs an event log, but lakehouse:streaming.kafka.enabled is false; allowed: switch it on, or this off",
    );
    refused(
      { kafka: { enabled: true }, connect: { enabled: true, sources: [{ database: "a" }, { database: "a" }] } },
      "connect.sources[1].database",
      'given "a", which is in the list already; allowed: each database once',
    );
  });

  it("require an own image for Connect if Kubernetes cannot mount images", () => {
    const on = (connect: object) => ({ kafka: { enabled: true }, connect: { enabled: true, ...connect } });
    refused(
      on({}),
      "connect.image",
      'missing while lakehouse:cluster.kubernetes is "1.34", which mounts no images as volumes; allowed: an image that has Debezium\'s plugin, or Kubernetes 1.35 or newer',
      { kubernetes: "1.34" },
    );
    assert.doesNotThrow(given(on({ image: "registry.example.org/connect:1" }), { kubernetes: "1.34" }));
    assert.doesNotThrow(given(on({}), { kubernetes: "1.35" }));
  });

  it("limit names of databases", () => {
    refused(
      { connect: { sources: [{ database: "Shop-1" }] } },
      "connect.sources[0].database",
      "given \"Shop-1\"; allowed: a database name: lower-case letters, digits and '_', beginning with a letter, at most 40",
    );
  });
});
