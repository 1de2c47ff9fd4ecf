import { deepEqual, equal, ok, rejects } from "node:assert/strict";

import { PROJECT_FOLDER } from "../../../cli/project";
import { readStackFile } from "../../../cli/stack-file";
import { until } from "../../../sandbox/core/until";
import { KafkaClient } from "../../../sandbox/engines/kafka-client";
import { Client } from "../../../sandbox/engines/minio";
import { makeNotifications } from "../../../sandbox/engines/minio-resources";
import { Rendered } from "../../../sandbox/engines/rendered";
import { stage } from "./stage";

const TOPIC = "uploads";
const DENIED = /TopicAuthorizationException/;
/** As the client uploads from its standard input. */
const CREATED = "s3:ObjectCreated:CompleteMultipartUpload";

interface Told {
  readonly event: string;
  /** Bucket and key, as the record itself is keyed. */
  readonly object: string;
  readonly size: number | undefined;
}

interface Message {
  readonly EventName: string;
  readonly Key: string;
  readonly Records: readonly [
    { readonly s3: { readonly bucket: { readonly name: string }; readonly object: { key: string; size?: number } } },
  ];
}

/** What the topic was told of the objects of a test, in order of their names. */
async function told(prefix: string): Promise<Told[]> {
  const records = await stage().kafka.admin.consume(TOPIC);
  const all = records.map(({ key, value }): Told => {
    const { EventName: event, Key, Records } = JSON.parse(value ?? "") as Message;
    const { bucket, object } = Records[0].s3;
    equal(key, Key);
    equal(`${bucket.name}/${decodeURIComponent(object.key.replaceAll("+", " "))}`, Key);
    return { event, object: Key, size: object.size };
  });
  return all
    .filter(({ object }) => object.startsWith(prefix))
    .toSorted((one, other) => (one.object + one.event < other.object + other.event ? -1 : 1));
}

/** The same, once there are so many. */
async function toldOf(prefix: string, count: number): Promise<Told[]> {
  let all: Told[] = [];
  await until(
    `${count} records of ${prefix}`,
    async () => {
      all = await told(prefix);
      return all.length >= count;
    },
    { explain: () => Promise.resolve(JSON.stringify(all)) },
  );
  return all;
}

const objects = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, at) => {
    const content = "x".repeat(1 + at * 7);
    return { name: `${prefix}day ${String(at).padStart(2, "0")}/ä=1.json`, content };
  });

async function put(all: ReturnType<typeof objects>): Promise<Told[]> {
  const spark = Client.of(stage().ground, "spark");
  await Promise.all(all.map(({ name, content }) => spark.put(name, content)));
  return all.map(({ name, content }) => ({ event: CREATED, object: name, size: content.length }));
}

describe("objects that arrive, as records of Kafka", () => {
  it("each object below the prefix is told once, with bucket, key and size; others are not", async () => {
    await put(objects("bronze/others/", 3));
    const wanted = await put(objects("bronze/uploads/now/", 12));
    deepEqual(await toldOf("bronze/uploads/now/", wanted.length), wanted);
    deepEqual(await told("bronze/others/"), []);
  });

  it("by suffix, and when objects are removed, where the settings say so", async () => {
    const { ground } = stage();
    const config = readStackFile(PROJECT_FOLDER, "dev");
    const storage = JSON.parse(config.values["lakehouse:storage"] ?? "") as object;
    const notify = [{ topic: TOPIC, events: ["created", "removed"], suffix: ".csv" }];
    const values = {
      ...config.values,
      "lakehouse:storage": JSON.stringify({ ...storage, buckets: { silver: { notify } } }),
    };
    await makeNotifications(Client.root(ground), await Rendered.of("dev", undefined, { ...config, values }));
    const spark = Client.of(ground, "spark");
    for (const name of ["a.csv", "b.json", "c.csv"]) await spark.put(`silver/told/${name}`, "1,2");
    for (const name of ["a.csv", "b.json"]) await spark.remove(`silver/told/${name}`);
    deepEqual(
      (await toldOf("silver/told/", 3)).map(({ event, object }) => `${event} ${object}`),
      [`${CREATED} silver/told/a.csv`, "s3:ObjectRemoved:Delete silver/told/a.csv", `${CREATED} silver/told/c.csv`],
    );
  });

  it("Kafka is away, and the object store crashes before it is back: every object is told", async () => {
    const { kafka, minio } = stage();
    await kafka.engine.kill();
    const wanted = await put(objects("bronze/uploads/away/", 12));
    await minio.kill();
    await minio.restart();
    await kafka.engine.restart();
    const all = await toldOf("bronze/uploads/away/", wanted.length);
    const once = [...new Map(all.map((each) => [each.object, each])).values()];
    console.log(`      ${all.length - once.length} of ${once.length} were told twice`);
    deepEqual(once, wanted);
  });

  it("who was not granted the topic does not read it, and the object store may write to it and do nothing else", async () => {
    const as = (service: string) => KafkaClient.service(stage().ground, service);
    const readers = ["flink", "connect", "minio"];
    await Promise.all(readers.map((service) => rejects(as(service).consume(TOPIC), DENIED, service)));
    await Promise.all([
      rejects(as("flink").produce(TOPIC, [{ value: "no" }]), DENIED),
      rejects(as("minio").produce("orders", [{ value: "no" }]), DENIED),
    ]);
    ok((await as("minio").topics()).every((name) => name === TOPIC));
  });
});
