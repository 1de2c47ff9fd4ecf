import { deepEqual, equal, ok, rejects } from "node:assert/strict";

import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { until } from "../../../sandbox/core/until";
import { KafkaClient } from "../../../sandbox/engines/kafka/client";
import { Client } from "../../../sandbox/engines/minio/minio";
import { makeNotifications } from "../../../sandbox/engines/minio/resources";
import { Rendered } from "../../../sandbox/engines/rendered";
import { stage } from "./stage";

const TOPIC = "uploads";
const DENIED = /TopicAuthorizationException/;
/** Event of the upload of a file in one piece. */
const CREATED = "s3:ObjectCreated:Put";

interface BucketEvent {
  readonly event: string;
  /** Bucket and key, which is also the record's key. */
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

/** Events of the objects below a prefix, ordered by object. */
async function eventsBelow(prefix: string): Promise<BucketEvent[]> {
  const records = await stage().kafka.admin.consume(TOPIC);
  const all = records.map(({ key, value }): BucketEvent => {
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

/** Waits until a number of events has arrived, and returns them all. */
async function arrivedEvents(prefix: string, count: number): Promise<BucketEvent[]> {
  let all: BucketEvent[] = [];
  await until(
    `${count} records of ${prefix}`,
    async () => {
      all = await eventsBelow(prefix);
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

async function put(all: ReturnType<typeof objects>): Promise<BucketEvent[]> {
  const spark = Client.of(stage().ground, "spark");
  await Promise.all(all.map(({ name, content }) => spark.put(name, content)));
  return all.map(({ name, content }) => ({ event: CREATED, object: name, size: content.length }));
}

describe("events of buckets, as records of Kafka", () => {
  it("are sent once for each object below the prefix, with bucket, key and size, and for no others", async () => {
    await put(objects("bronze/others/", 3));
    const wanted = await put(objects("bronze/uploads/now/", 12));
    deepEqual(await arrivedEvents("bronze/uploads/now/", wanted.length), wanted);
    deepEqual(await eventsBelow("bronze/others/"), []);
  });

  it("can be limited by suffix and include removals, by the settings", async () => {
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
      (await arrivedEvents("silver/told/", 3)).map(({ event, object }) => `${event} ${object}`),
      [`${CREATED} silver/told/a.csv`, "s3:ObjectRemoved:Delete silver/told/a.csv", `${CREATED} silver/told/c.csv`],
    );
  });

  it("are sent for every object even if Kafka is down and the object store crashes meanwhile", async () => {
    const { kafka, minio } = stage();
    await kafka.engine.kill();
    const wanted = await put(objects("bronze/uploads/away/", 12));
    await minio.kill();
    await minio.restart();
    await kafka.engine.restart();
    const all = await arrivedEvents("bronze/uploads/away/", wanted.length);
    const once = [...new Map(all.map((each) => [each.object, each])).values()];
    console.log(`      ${all.length - once.length} of ${once.length} came twice`);
    deepEqual(once, wanted);
  });

  it("are readable only with a grant on the topic, and the object store can only write to its topic", async () => {
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
