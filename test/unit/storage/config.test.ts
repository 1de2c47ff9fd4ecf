import assert from "node:assert/strict";

import { GiB, MiB } from "../../../components/core/quantity";
import type { Bucket } from "../../../components/core/bucket";
import { bucketMarks, buckets, lifecycle } from "../../../components/storage/buckets";
import { versioningScript } from "../../../components/storage/ceph/ceph";
import { encryptionKey, lifecycleRules, serverArgs } from "../../../components/storage/minio/config";
import { retentionScript } from "../../../components/storage/minio/retention";
import { bucketsScript } from "../../../components/storage/seaweedfs/config";
import {
  archiver,
  backupStore,
  clusterSpec,
  parameters,
  PLUGIN,
  recovery,
  withSeconds,
} from "../../../components/storage/postgres/config";

const bucket: Bucket = {
  key: "bronze",
  name: "lake-bronze",
  versioning: true,
  expireDays: 90,
  noncurrentDays: 30,
  lockDays: 0,
  lockMode: "governance",
  abortUploadsDays: 7,
  notify: [],
};

describe("MinIO's command line", () => {
  it("is one pool over all servers and drives", () => {
    assert.deepEqual(
      serverArgs(16, 4, { headless: "minio-nodes", namespace: "lakehouse-storage", tls: false }).slice(0, 2),
      ["server", "http://minio-{0...15}.minio-nodes.lakehouse-storage.svc:9000/data-{0...3}"],
    );
  });

  it("is a folder for one server with one drive", () => {
    assert.equal(serverArgs(1, 1, { headless: "minio-nodes", namespace: "ns", tls: false })[1], "/data-0");
  });
});

describe("a bucket's lifecycle", () => {
  it("for S3 has a rule for uploads, objects and versions, sorted by ID", () => {
    const { Rules } = lifecycle(bucket) as { Rules: { ID: string }[] };
    assert.deepEqual(
      Rules.map(({ ID }) => ID),
      ["abort-uploads", "expire", "expire-versions"],
    );
  });

  it("keeps objects by default, and expires unfinished uploads", () => {
    const { Rules } = lifecycle({ ...bucket, versioning: false, expireDays: undefined }) as { Rules: { ID: string }[] };
    assert.deepEqual(
      Rules.map(({ ID }) => ID),
      ["abort-uploads"],
    );
  });

  it("for MinIO is never empty", () => {
    assert.deepEqual(lifecycleRules(bucket), [
      { id: "expire-versions", noncurrentVersionExpirationDays: 30 },
      { id: "expire", expiration: "90d" },
    ]);
    assert.equal(lifecycleRules({ ...bucket, versioning: false, expireDays: undefined }).length, 1);
  });
});

describe("Ceph's versioning task", () => {
  it("takes each bucket's credentials from the environment", () => {
    assert.equal(
      versioningScript([bucket]),
      'mc alias set bronze "$S3_URL" "$BRONZE_USER" "$BRONZE_PASSWORD" --api S3v4 --path on\nmc version enable \'bronze/lake-bronze\'',
    );
  });
});

describe("PostgreSQL", () => {
  it("is sized from its container's memory, with logical decoding on", () => {
    assert.deepEqual(parameters(4 * GiB, 10 * GiB), {
      effective_cache_size: "3072MB",
      hot_standby_feedback: "on",
      maintenance_work_mem: "204MB",
      max_connections: "200",
      max_slot_wal_keep_size: "5120MB",
      shared_buffers: "1024MB",
      sync_replication_slots: "on",
      wal_level: "logical",
      work_mem: "20MB",
    });
  });

  it("asks a store elsewhere to encrypt backups and write-ahead log", () => {
    const store = backupStore({
      destination: "s3://elsewhere/postgres/",
      endpointUrl: "https://s3.example.org",
      secret: "elsewhere",
      userKey: "AccessKey",
      passwordKey: "SecretKey",
      retentionDays: 30,
      env: { AWS_DEFAULT_REGION: "eu-central-1" },
      sidecar: undefined,
      encryption: "aws:kms",
    }) as { configuration: Record<"wal" | "data", unknown> };
    const wanted = { compression: "gzip", encryption: "aws:kms" };
    assert.deepEqual([store.configuration.wal, store.configuration.data], [wanted, wanted]);
  });

  it("backs up with credentials by reference", () => {
    const store = backupStore({
      destination: "s3://backups/postgres/",
      endpointUrl: "http://s3:9000",
      secret: "postgres-s3",
      userKey: "AccessKey",
      passwordKey: "SecretKey",
      retentionDays: 30,
      env: { AWS_REQUEST_CHECKSUM_CALCULATION: "when_required" },
      sidecar: {
        name: "plugin-barman-cloud",
        requests: { cpu: 0.25, memory: 512 * MiB },
        limits: { cpu: 0.5, memory: 512 * MiB },
      },
    }) as {
      configuration: { s3Credentials: unknown };
      retentionPolicy: string;
      instanceSidecarConfiguration: { resources: unknown };
    };
    assert.deepEqual(store.instanceSidecarConfiguration.resources, {
      requests: { cpu: "250m", memory: "512Mi" },
      limits: { cpu: "500m", memory: "512Mi" },
    });
    assert.deepEqual(store.configuration.s3Credentials, {
      accessKeyId: { name: "postgres-s3", key: "AccessKey" },
      secretAccessKey: { name: "postgres-s3", key: "SecretKey" },
    });
    assert.equal(store.retentionPolicy, "30d");
    assert.deepEqual((store.instanceSidecarConfiguration as { env?: object }).env, [
      { name: "AWS_REQUEST_CHECKSUM_CALCULATION", value: "when_required" },
    ]);
    assert.equal(withSeconds("15 2 * * *"), "0 15 2 * * *");
  });
});

describe("a PostgreSQL server", () => {
  const group = {
    service: "postgres",
    role: "server",
    namespace: "x",
    replicas: 2,
    requests: { cpu: 1, memory: 4 * GiB },
    limits: { cpu: 2, memory: 4 * GiB },
    volumes: [
      { name: "data", size: GiB },
      { name: "wal", size: GiB },
    ],
    pools: [],
    spread: "one-per-node",
    lifetime: "always",
    origin: "deployed",
  } as const;
  const spec = (begin?: object) =>
    clusterSpec(group, [archiver("postgres-backups", "postgres-2")], begin) as {
      replicationSlots: unknown;
      plugins: unknown;
      bootstrap?: unknown;
      externalClusters?: unknown;
    };

  it("synchronises the replication slots of its followers to standbys", () => {
    assert.deepEqual(spec().replicationSlots, {
      highAvailability: { enabled: true, synchronizeLogicalDecoding: true },
      synchronizeReplicas: { enabled: true },
    });
  });

  it("starts from an archive, and archives to another", () => {
    const plugin = (serverName: string) => ({ barmanObjectName: "postgres-backups", serverName });
    const restored = spec(recovery("postgres-backups", { serverName: "postgres", time: "2026-03-02T10:00:00Z" }));
    assert.deepEqual(restored.bootstrap, {
      recovery: { source: "postgres", recoveryTarget: { targetTime: "2026-03-02T10:00:00Z" } },
    });
    assert.deepEqual(restored.externalClusters, [
      { name: "postgres", plugin: { name: PLUGIN, parameters: plugin("postgres") } },
    ]);
    assert.deepEqual(restored.plugins, [{ name: PLUGIN, isWALArchiver: true, parameters: plugin("postgres-2") }]);
    assert.deepEqual(recovery("a", { serverName: "b" }).bootstrap, { recovery: { source: "b" } });
    assert.equal(spec().bootstrap, undefined);
  });
});

describe("the bucket of services", () => {
  const plain = { versioning: false, noncurrentDays: 30, abortUploadsDays: 7 };
  const storage = { bucketPrefix: "lake-", objects: { kind: "minio" }, buckets: { gold: plain, services: plain } };
  const names = (services?: boolean) =>
    buckets(storage as unknown as Parameters<typeof buckets>[0], services).map(({ name }) => name);

  it("exists only if a system keeps objects of its own", () => {
    assert.deepEqual(
      [names(true), names(false), names()],
      [["lake-gold", "lake-services"], ["lake-gold"], ["lake-gold"]],
    );
  });
});

describe("object lock", () => {
  const settings = (kind: "minio" | "ceph", backups: object = {}) =>
    ({
      bucketPrefix: "lake-",
      objects: { kind },
      buckets: {
        gold: { versioning: false, noncurrentDays: 30, abortUploadsDays: 7 },
        backups: { versioning: false, noncurrentDays: 30, abortUploadsDays: 7, ...backups },
      },
    }) as unknown as Parameters<typeof buckets>[0];
  const days = (...args: Parameters<typeof settings>) => buckets(settings(...args)).map(({ lockDays }) => lockDays);

  it("locks backups in MinIO for two weeks, and no other objects", () => {
    assert.deepEqual(days("minio"), [0, 14]);
  });
  it("ends before the locked objects expire", () => {
    assert.deepEqual(days("minio", { expireDays: 7 }), [0, 6]);
  });
  it("is off by setting, and for bucket claims, which do not support it", () => {
    assert.deepEqual(
      [days("minio", { lockDays: 0 }), days("ceph")],
      [
        [0, 0],
        [0, 0],
      ],
    );
  });
  it("turns versioning on, which it requires", () => {
    assert.deepEqual(bucketMarks(buckets(settings("minio", { lockDays: 30 }))), [
      { name: "lake-backups", versioning: true, objectLock: true },
    ]);
  });
  it("has a default retention, because a lock alone protects nothing", () => {
    assert.equal(
      retentionScript([{ ...bucket, lockDays: 14 }])
        .split("\n")
        .at(-1),
      "mc retention set --default governance 14d 'store/lake-bronze'",
    );
    const bound = [{ ...bucket, lockDays: 14, lockMode: "compliance" as const }];
    assert.match(retentionScript(bound), /mc retention set --default compliance 14d/);
    assert.match(bucketsScript(bound), /mc retention set --default compliance 14d/);
  });
  it("is sealed by a key of 32 bytes, in the form that MinIO reads", () => {
    const [name, key] = encryptionKey("abcdefghijklmnopqrstuvwxyz0123456789").split(":");
    assert.equal(name, "lakehouse");
    assert.equal(Buffer.from(key ?? "", "base64").length, 32);
  });
});
