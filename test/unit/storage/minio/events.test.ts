import assert from "node:assert/strict";

import { platform } from "../../../../components/cluster";
import { settingsFrom } from "../../../../components/settings";
import { buckets } from "../../../../components/storage/buckets";
import { Minio } from "../../../../components/storage/minio/minio";
import { notifiedTopics, queues, targetArn, targetEnv } from "../../../../components/storage/minio/events";
import { ACCESS, fakeEvents } from "../../streaming/flink/fixtures";
import { record } from "../../streaming/kafka/fixtures";

const settings = (bronze: object) =>
  settingsFrom({
    nodes: [{ name: "one", pool: "all", cpu: 64, memory: "256Gi" }],
    pools: { all: { default: true } },
    cluster: { certManager: true },
    storage: {
      objects: { kind: "minio", admin: { host: "127.0.0.1", port: 9000 }, server: { replicas: 1 } },
      buckets: { bronze, gold: { notify: [{ topic: "reports" }, { topic: "uploads", events: ["removed"] }] } },
    },
    streaming: { kafka: { enabled: true, topics: [{ name: "uploads" }, { name: "reports" }] } },
  });
const NOTIFY = { notify: [{ topic: "uploads", prefix: "in/", suffix: ".csv", events: ["removed", "created"] }] };

describe("MinIO's events", () => {
  const all = buckets(settings(NOTIFY).storage);

  it("go to each topic through one target, for all buckets", () => {
    assert.deepEqual(notifiedTopics(all), ["reports", "uploads"]);
    assert.equal(targetArn("raw-files"), "arn:minio:sqs::TOPIC_RAW_FILES:kafka");
  });

  it("are notification rules of the bucket, in the provider's form", () => {
    const [bronze, silver, gold] = all;
    assert.deepEqual(queues(bronze!), [
      {
        id: "uploads-0",
        queueArn: "arn:minio:sqs::TOPIC_UPLOADS:kafka",
        events: ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"],
        filterPrefix: "in/",
        filterSuffix: ".csv",
      },
    ]);
    assert.deepEqual(queues(silver!), []);
    assert.deepEqual(
      queues(gold!).map(({ id, events }) => [id, ...events]),
      [
        ["reports-0", "s3:ObjectCreated:*"],
        ["uploads-1", "s3:ObjectRemoved:*"],
      ],
    );
  });

  it("sign in with the granted Secret, and are queued on the drive while Kafka is down", () => {
    const plain = targetEnv(["uploads"], { ...ACCESS, securityProtocol: "SASL_PLAINTEXT" });
    assert.deepEqual({ ...plain, MINIO_NOTIFY_KAFKA_TLS_TOPIC_UPLOADS: "on" }, targetEnv(["uploads"], ACCESS));
    assert.deepEqual(plain, {
      MINIO_API_SYNC_EVENTS: "on",
      MINIO_NOTIFY_KAFKA_ENABLE_TOPIC_UPLOADS: "on",
      MINIO_NOTIFY_KAFKA_BROKERS_TOPIC_UPLOADS: ACCESS.bootstrap,
      MINIO_NOTIFY_KAFKA_TOPIC_TOPIC_UPLOADS: "uploads",
      MINIO_NOTIFY_KAFKA_SASL_TOPIC_UPLOADS: "on",
      MINIO_NOTIFY_KAFKA_SASL_MECHANISM_TOPIC_UPLOADS: "sha512",
      MINIO_NOTIFY_KAFKA_SASL_USERNAME_TOPIC_UPLOADS: { secretKeyRef: { name: ACCESS.secret, key: "username" } },
      MINIO_NOTIFY_KAFKA_SASL_PASSWORD_TOPIC_UPLOADS: { secretKeyRef: { name: ACCESS.secret, key: "password" } },
      MINIO_NOTIFY_KAFKA_QUEUE_DIR_TOPIC_UPLOADS: "/data-0/_events",
      MINIO_NOTIFY_KAFKA_QUEUE_LIMIT_TOPIC_UPLOADS: "100000",
    });
  });

  it("have separate variables for every topic, for any names of topics", () => {
    const topics = ["a", "username-a", "password", "dir-a", "mechanism-topic-a", "topic-a"];
    const variables = (of: readonly string[]) =>
      Object.keys(targetEnv(of, ACCESS)).filter((name) => name.startsWith("MINIO_NOTIFY_"));
    assert.equal(variables(topics).length, topics.length * variables(["a"]).length);
  });
});

describe("MinIO's resources for events", () => {
  async function minio(bronze: object, events = fakeEvents()) {
    const of = settings(bronze);
    const { objects } = of.storage;
    assert.ok(objects.kind === "minio");
    const all = buckets(of.storage).filter(({ key }) => key === "bronze");
    const { registered } = await record(
      () => new Minio("minio", { platform: platform(of), settings: objects, buckets: all, events: events.events }),
    );
    const links = registered
      .filter(({ type }) => type === "lakehouse:core:Link")
      .map(({ inputs }) => `${String(inputs.from)} → ${String(inputs.to)} ${String(inputs.port)}`);
    const made = registered.filter(({ type }) => type.endsWith(":S3BucketNotification"));
    const server = registered.find(({ inputs }) => inputs.kind === "StatefulSet");
    return { ...events, links, made, server: JSON.stringify(server?.inputs.spec) };
  }

  it("have write grants on the topics, and a connection to Kafka", async () => {
    const { granted, links, made, server } = await minio(NOTIFY);
    assert.deepEqual(granted, [{ topic: "uploads", level: "write" }]);
    assert.deepEqual(links, [`minio-server → ${ACCESS.endpoint.name} ${String(ACCESS.endpoint.port)}`]);
    assert.deepEqual(
      made.map(({ inputs }) => inputs),
      [{ bucket: "bronze", queues: queues(buckets(settings(NOTIFY).storage)[0]!) }],
    );
    assert.match(server, /MINIO_NOTIFY_KAFKA_ENABLE_TOPIC_UPLOADS/);
  });

  it("have no trace of Kafka without events", async () => {
    const { granted, links, made, server } = await minio({});
    assert.deepEqual([granted, links, made], [[], [], []]);
    assert.doesNotMatch(server, /KAFKA/);
    assert.match(server, /MINIO_UPDATE/);
  });
});
