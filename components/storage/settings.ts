import { z } from "zod";

import { bucketName, count, dnsLabel, mode, section } from "../fields/fields";

/** The buckets of the lake, and one for services' own objects. */

const KEY_PART =
  "a part of a key such as uploads/ or .csv: letters, digits and !_.*'()/=-, at most 512, no part of it . or ..";
const keyPart = z
  .string({ error: KEY_PART })
  .regex(/^(?!(.*\/)?\.\.?(\/|$))[A-Za-z0-9!_.*'()/=-]{1,512}$/, { error: KEY_PART });
const LIST = "a list of notifications: { topic, events, prefix, suffix }";

const notification = section({
  topic: dnsLabel.describe("one of lakehouse:streaming.kafka.topics"),
  events: z
    .array(mode("created", "removed"), { error: "a list of created, removed" })
    .min(1, { error: "a list of created, removed" })
    .default(["created"])
    .describe("events that are published; default created, which is every write and copy"),
  prefix: keyPart.optional().describe("prefix of the objects' keys; default: all"),
  suffix: keyPart.optional().describe("suffix of the objects' keys; default: all"),
});

export const bucket = section({
  name: bucketName.optional().describe("default: bucketPrefix + the key"),
  versioning: z.boolean().default(false).describe("keep overwritten and deleted objects; default false"),
  expireDays: count(1, 36500).optional().describe("delete objects after so many days; default: keep"),
  noncurrentDays: count(1, 36500).default(30).describe("delete old versions after so many days; default 30"),
  lockDays: count(0, 36500)
    .optional()
    .describe(
      "object lock: no version can be deleted before so many days, 0 for no lock; default: 14 for backups in MinIO and SeaweedFS, else 0. Object lock is enabled when a bucket is created, or never",
    ),
  lockMode: mode("governance", "compliance")
    .default("governance")
    .describe(
      "who may delete a locked version: in governance the store's administrator alone, in compliance nobody, and nobody can shorten it; default governance",
    ),
  abortUploadsDays: count(1, 365).default(7).describe("abort unfinished uploads after so many days; default 7"),
  notify: z
    .array(notification, { error: LIST })
    .default([])
    .describe(
      "topics that events of objects are published to, at least once each; MinIO only, and Kafka must be on; default none",
    ),
}).prefault({});

export const bucketPrefix = z
  .string()
  .regex(/^[a-z0-9-]*$/, { error: "lower-case letters, digits and '-'" })
  .default("")
  .describe("put before each bucket's name; default none");

export const search = mode("opensearch", "elasticsearch")
  .default("opensearch")
  .describe("search store that services use where both are on; default opensearch");

export const vectors = mode("milvus", "postgres")
  .default("milvus")
  .describe("vector store that services use where Milvus is on; else it is PostgreSQL; default milvus");

export const buckets = section({
  bronze: bucket,
  silver: bucket,
  gold: bucket,
  warehouse: bucket,
  backups: bucket,
  services: bucket.describe(
    "services' own objects, each below the service's name; exists where a system that is on has any",
  ),
}).prefault({ bronze: { versioning: true }, backups: { versioning: true, expireDays: 90 } });

export type BucketSettings = z.output<typeof buckets>;
