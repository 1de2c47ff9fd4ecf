import { pins } from "../../../components/pins";
import { FOLDER, ONE_MACHINE } from "../allowance";
import { description } from "../description";

export const minio = description({
  artefacts: {
    minio: {
      what: "object store with the MinIO API, and its client",
      version: "v0.0.0-20260212201848-7aac2a2c5b7c",
      from: { kind: "go", module: "minio", packages: ["github.com/minio/minio", "github.com/minio/mc"] },
      standsFor: {
        version: `Silo ${pins.minio.version}`,
        why: "Silo is only an image; this is the code that it forked",
      },
    },
  },
  proofs: [
    {
      system: "object store",
      from: "arguments and variables of the StatefulSet; buckets, versioning, lifecycles, users, policies, the Job of object lock",
      seen: [
        "Spark, the metastore and Trino cannot delete in bronze; elsewhere Spark can",
        "Trino cannot write to a table of bronze",
        "the backup's user has access to its own prefix only",
        "a client without a user lists and reads nothing",
        "buckets have the rendered versioning of bronze, object lock of backups, and lifecycles",
        "the user that wrote a locked backup cannot destroy it",
        "the object store is down for 30 seconds",
        "no request is refused while clients switch to the next generation and the previous one ends",
      ],
    },
    {
      system: "backups that nobody deletes",
      from: "the object store with `encrypted` and `backups.lockMode: compliance`: variables of the StatefulSet, the Job of object lock, a service's user",
      seen: [
        "are locked for everybody: not even the administrator deletes a version, passes the lock or shortens it",
        "are encrypted on the disks, and read by the stack's key alone",
      ],
    },
    {
      system: "events of buckets",
      from: "the object store's variables and the buckets' notifications; the granted user, the topic",
      seen: [
        "are sent once for each object below the prefix, with bucket, key and size, and for no others",
        "can be limited by suffix and include removals, by the settings",
        "are sent for every object even if Kafka is down and the object store crashes meanwhile",
        "are readable only with a grant on the topic, and the object store can only write to its topic",
      ],
    },
  ],
  allowed: [
    { file: /^minio\/args$/, key: /^--(console-)?address$/, kind: "port", why: ONE_MACHINE },
    { file: /^minio\/args$/, key: /^server$/, kind: "path", why: FOLDER },
    { file: /^minio\/env$/, key: /^MINIO_NOTIFY_KAFKA_BROKERS_\w+$/, kind: "endpoint", why: ONE_MACHINE },
    { file: /^minio\/env$/, key: /^MINIO_NOTIFY_KAFKA_QUEUE_DIR_\w+$/, kind: "path", why: FOLDER },
    {
      file: /^minio-local\/env$/,
      key: /^MINIO_NOTIFY_KAFKA_\w+$/,
      kind: "left out",
      why: "`lakehouse local` runs no Kafka: events would fill the disk",
    },
    { file: /^minio\/retention$/, key: /^S3_URL$/, kind: "endpoint", why: ONE_MACHINE },
  ],
  absent: [],
});
