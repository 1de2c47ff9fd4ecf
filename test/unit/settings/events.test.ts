import assert from "node:assert/strict";

import { settingsFrom, SettingsError } from "../../../components/settings";
import { SERVICE_TOPICS } from "../../../components/settings/rules/topics";
import { TOPICS } from "../../../components/streaming/connect/config";
import { ORDERS } from "../../../components/streaming/flink/job";
import { DEAD_LETTERS } from "../../../components/streaming/knative/config";

const MINIO = { kind: "minio", admin: { host: "127.0.0.1", port: 9000 } };
const UPLOADS = { enabled: true, topics: [{ name: "uploads" }] };

function given(notify: unknown, kafka: object = UPLOADS, objects: object = MINIO) {
  return () =>
    settingsFrom({
      nodes: [{ name: "one", pool: "all", cpu: 64, memory: "256Gi" }],
      pools: { all: { default: true } },
      cluster: { certManager: true },
      storage: { objects, buckets: { bronze: { notify } } },
      streaming: { kafka },
    });
}

function refused(program: () => unknown, path: string, message: string): void {
  assert.throws(program, new SettingsError([{ path: `lakehouse:${path}`, message }]));
}

describe("events of buckets", () => {
  it("are off by default, and else for every write of all keys unless limited", () => {
    const { bronze, gold } = given([{ topic: "uploads" }])().storage.buckets;
    assert.deepEqual([bronze.notify, gold.notify], [[{ topic: "uploads", events: ["created"] }], []]);
  });

  it("go to existing topics only", () => {
    refused(
      given([{ topic: "uplods" }]),
      "storage.buckets.bronze.notify[0].topic",
      "given \"uplods\", which is not in lakehouse:streaming.kafka.topics; did you mean 'uploads'?; allowed: uploads",
    );
    refused(
      given([{ topic: "uploads" }], { enabled: true }),
      "storage.buckets.bronze.notify[0].topic",
      'given "uploads", which is not in lakehouse:streaming.kafka.topics; allowed: none yet',
    );
  });

  it("need Kafka and MinIO", () => {
    refused(
      given([{ topic: "uploads" }], {}),
      "storage.buckets.bronze.notify",
      "given while lakehouse:streaming.kafka.enabled is false; allowed: Kafka on, or none",
    );
    for (const [kind, more] of [
      ["ceph", {}],
      ["s3", { endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] }],
    ] as const)
      refused(
        given([{ topic: "uploads" }], UPLOADS, { kind, ...more }),
        "storage.buckets.bronze.notify",
        `given with lakehouse:storage.objects.kind ${kind}, whose notifications this stack cannot configure; allowed: none, or kind minio`,
      );
  });

  it("are sent once to a topic for the same keys", () => {
    assert.doesNotThrow(
      given([
        { topic: "uploads", prefix: "a/" },
        { topic: "uploads", suffix: ".csv" },
      ]),
    );
    refused(
      given([
        { topic: "uploads", prefix: "a/" },
        { topic: "uploads", prefix: "a/", events: ["removed"] },
      ]),
      "storage.buckets.bronze.notify[1]",
      'given topic "uploads" with a prefix and suffix that are in the list already; allowed: one entry with all its events',
    );
  });

  it("have one line of error for a wrong value", () => {
    refused(
      given([{ topic: "uploads", events: ["deleted"] }]),
      "storage.buckets.bronze.notify[0].events[0]",
      'given "deleted"; allowed: one of created, removed',
    );
    refused(
      given([{ topic: "uploads", events: [] }]),
      "storage.buckets.bronze.notify[0].events",
      "given []; allowed: a list of created, removed",
    );
    for (const prefix of ["../secret/", "a/../b", "a/./", "..", "", "day 1/"])
      assert.throws(given([{ topic: "uploads", prefix }]), /notify\[0\]\.prefix: given ".*"; allowed: a part of a key/);
    for (const prefix of ["uploads/", "a/b=1/", ".hidden", "v1.0/", "...", "a..b/"])
      assert.doesNotThrow(given([{ topic: "uploads", prefix }]));
    assert.throws(given("uploads"), /notify: given "uploads"; allowed: a list of notifications/);
  });
});

describe("topics of the settings", () => {
  const topics = (...names: string[]) => given([], { enabled: true, topics: names.map((name) => ({ name })) });

  it("are in the list once each, without topics that services make", () => {
    assert.deepEqual(topics("a", "b")().streaming.kafka.topics, [
      { name: "a", partitions: 3 },
      { name: "b", partitions: 3 },
    ]);
    const path = "streaming.kafka.topics[1].name";
    refused(topics("a", "a"), path, 'given "a", which is in the list already; allowed: a name of its own');
    refused(
      topics("a", "orders"),
      path,
      'given "orders", which a service of the stack creates; allowed: a name of its own',
    );
  });

  it("need Kafka", () => {
    refused(
      given([], { topics: [{ name: "a" }] }),
      "streaming.kafka.topics",
      "given while lakehouse:streaming.kafka.enabled is false; allowed: Kafka on, or no topics",
    );
  });

  it("must not have names of topics that services make", () => {
    assert.deepEqual([...SERVICE_TOPICS].sort(), [...Object.keys(TOPICS), ORDERS.topic, DEAD_LETTERS].sort());
  });
});
