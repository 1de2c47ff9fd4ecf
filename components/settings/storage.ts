import { z } from "zod";

import { formatBytes, MiB } from "../core/quantity";
import { host, originUrl } from "./addresses";
import { schedule } from "./cron";
import {
  bucketName,
  cores,
  count,
  disk,
  dnsLabel,
  memory,
  mode,
  nodePort,
  port,
  section,
  size,
  withDefaults,
} from "./fields";
import { cidr } from "./ranges";

const REGION = "a region such as us-east-1: letters, digits, '-' and '_', at most 63";
const region = z
  .string({ error: REGION })
  .regex(/^[A-Za-z0-9_-]{1,63}$/, { error: REGION })
  .default("us-east-1")
  .describe("S3 region in signatures; default us-east-1");

const legacyMd5 = z
  .boolean()
  .default(false)
  .describe(
    "send Content-MD5 when many objects are deleted at once, for stores that know no newer checksum; default false",
  );

/** The existing Ceph cluster's RADOS gateway, provisioned through Rook's claims. */
const ceph = section({
  kind: z.literal("ceph"),
  namespace: dnsLabel.default("rook-ceph").describe("namespace of the Rook cluster; default rook-ceph"),
  store: dnsLabel.default("lakehouse").describe("name of the CephObjectStore; default lakehouse"),
  tls: z.boolean().default(false).describe("the gateway speaks HTTPS (Rook's securePort); default false"),
  port: port.optional().describe("port of the gateway's Service; default 80, 443 with tls"),
  targetPort: port
    .optional()
    .describe("port that the gateway's pods listen on; default 8080; the Service's port with tls or hostCidrs"),
  hostCidrs: z
    .array(cidr)
    .prefault([])
    .describe("addresses of the gateway's nodes, where it is on the host network; default none, it is in pods"),
  buckets: mode("claim", "existing")
    .default("claim")
    .describe("claim new buckets, or attach to existing ones; default claim"),
  isolated: z
    .boolean()
    .default(false)
    .describe("the gateway's namespace denies by default: render the policies of its side too; default false"),
  region,
  legacyMd5,
});

/** Object storage with the MinIO API, deployed by this stack. */
const minio = section({
  kind: z.literal("minio"),
  server: size({ replicas: 4, cpu: 1, memory: "4Gi" }),
  drives: count(1, 16)
    .default(1)
    .describe("drives of each server; default 1. Servers × drives: 1, or at least 4 for erasure coding"),
  driveSize: disk.prefault("1Ti").describe("size of one drive; default 1Ti"),
  admin: section({
    host: host.describe("host where `pulumi up` reaches the S3 and admin API"),
    port,
    tls: z.boolean().default(true).describe("default true"),
    nodePort: nodePort.optional().describe("open this port on every node"),
    from: z.array(cidr).prefault([]).describe("addresses that `pulumi up` comes from; default none"),
  }),
  region,
  legacyMd5,
});

/** Any S3 service outside the cluster; access is granted there, by its owner. */
const s3 = section({
  kind: z.literal("s3"),
  endpoint: originUrl.describe("URL of the service; its port is opened too"),
  cidrs: z.array(cidr).min(1).describe("addresses of the service, for the network policies"),
  region,
  legacyMd5,
});

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
    .describe("what is told of objects; default created, which is every write and copy"),
  prefix: keyPart.optional().describe("beginning of the keys that are told of; default: all"),
  suffix: keyPart.optional().describe("end of the keys that are told of; default: all"),
});

const bucket = section({
  name: bucketName.optional().describe("default: bucketPrefix + the key"),
  versioning: z.boolean().default(false).describe("keep overwritten and deleted objects; default false"),
  expireDays: count(1, 36500).optional().describe("delete objects after so many days; default: keep"),
  noncurrentDays: count(1, 36500).default(30).describe("delete old versions after so many days; default 30"),
  lockDays: count(0, 36500)
    .optional()
    .describe(
      "object lock: nobody may delete a version before so many days, 0 for no lock; default: 14 for backups in MinIO, else 0. A bucket is locked when it is made, or never",
    ),
  abortUploadsDays: count(1, 365).default(7).describe("abort unfinished uploads after so many days; default 7"),
  notify: z
    .array(notification, { error: LIST })
    .default([])
    .describe("topics that are told of objects, at least once each; MinIO only, and Kafka must be on; default none"),
}).prefault({});

/** Below this a base backup gets the sidecar killed. In bytes. */
const LEAST_SIDECAR = 512 * MiB;
const SIDECAR = `at least ${formatBytes(LEAST_SIDECAR)}`;

export const postgres = withDefaults(
  section({
    operator: mode("existing", "deployed").default("deployed").describe("CloudNativePG operator; default deployed"),
    operatorNamespace: dnsLabel.default("cnpg-system").describe("of an existing operator; default cnpg-system"),
    operatorSize: size({ cpu: 0.1, memory: "256Mi" }).describe("the operator that is deployed; one of them leads"),
    server: size({ replicas: 2, cpu: 1, memory: "4Gi" }).describe(
      "instances; the backups' sidecar comes on top of each",
    ),
    synchronous: mode("required", "preferred", "off")
      .default("preferred")
      .describe(
        "when a write counts: `required`, when a second instance has it (no write is lost with an instance, and none is taken while only one is left; 3 instances at least); `preferred`, the same while a second one is there; `off`, at once; default preferred",
      ),
    storage: disk.prefault("20Gi").describe("data volume of one instance; default 20Gi"),
    walStorage: disk.prefault("10Gi").describe("write-ahead log volume of one instance; default 10Gi"),
    backup: section({
      plugin: mode("existing", "deployed", "off").default("deployed").describe("Barman Cloud plugin; default deployed"),
      schedule: schedule.default("15 2 * * *").describe("base backup; default '15 2 * * *' (UTC)"),
      retentionDays: count(1, 3650).default(30).describe("default 30"),
      serverName: dnsLabel
        .default("postgres")
        .describe(
          "folder of the archive below postgres/; another one where that has the archive of a server which is gone; default postgres",
        ),
      sidecar: section({
        cpu: cores.prefault(0.25).describe("cores; default 0.25"),
        memory: memory
          .refine((value) => value >= LEAST_SIDECAR, { error: SIDECAR })
          .prefault("512Mi")
          .describe(`memory, ${SIDECAR}; default 512Mi`),
      })
        .prefault({})
        .describe("what the plugin adds to each instance"),
    }).prefault({}),
    restore: section({
      serverName: dnsLabel.describe("folder of the archive that the server begins from"),
      time: z.iso
        .datetime({ offset: true, error: "a time such as 2026-03-02T10:00:00Z" })
        .optional()
        .describe("the moment that it is put back to; default: the newest that the archive has"),
    })
      .optional()
      .describe("makes a new server of an archive, when the server is made; default: an empty one"),
    admin: section({
      host: host
        .default("127.0.0.1")
        .describe("host where `pulumi up` reaches PostgreSQL; default 127.0.0.1 (a port-forward)"),
      port: port.default(5432).describe("default 5432"),
      nodePort: nodePort.optional().describe("open this port on every node"),
      sslMode: mode("disable", "require", "verify-full").default("require").describe("default require"),
      from: z.array(cidr).prefault([]).describe("addresses that `pulumi up` comes from; default none"),
    }).prefault({}),
  }),
);

/** The pods that obtain pinned libraries and serve them to all others. */
const libraries = withDefaults(
  section({
    server: size({ replicas: 2, cpu: 0.1, memory: "128Mi" }),
    volume: disk
      .prefault("4Gi")
      .describe("volume of one pod: this release's libraries and those of the one before, 2 GiB; default 4Gi"),
    source: section({
      cidrs: z
        .array(cidr)
        .min(1)
        .optional()
        .describe("addresses of lakehouse:cluster.mavenMirror; default: the one in the URL, or anywhere for a name"),
      targetPort: port
        .optional()
        .describe("port of the mirror's pods where it is a Service of this cluster; default: the URL's port"),
    }).prefault({}),
  }),
).describe("libraries that upstream's images lack, for the pods of systems with jars: fetch");

export const storage = section({
  objects: z
    .discriminatedUnion("kind", [ceph, minio, s3], { error: "kind: ceph, minio or s3" })
    .describe("the object store"),
  bucketPrefix: z
    .string()
    .regex(/^[a-z0-9-]*$/, { error: "lower-case letters, digits and '-'" })
    .default("")
    .describe("put before each bucket's name; default none"),
  buckets: section({ bronze: bucket, silver: bucket, gold: bucket, warehouse: bucket, backups: bucket }).prefault({
    bronze: { versioning: true },
    backups: { versioning: true, expireDays: 90 },
  }),
  postgres,
  libraries,
});
