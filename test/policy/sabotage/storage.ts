import { type Fault, remove, rewrite, set, unprotect } from "./fault";

/** Rights in the object store, buckets, and what holds data. */
export const storageFaults: readonly Fault[] = [
  {
    policy: "bucketpolicy-forbid-wildcards",
    stack: "dev",
    plant: rewrite("IamPolicy trino", ["policy"], '"s3:GetObject"', '"s3:*"'),
    resource: "IamPolicy trino",
    field: "policy.Statement[2].Action[0]",
    says: "s3:*",
  },
  {
    policy: "bucket-forbid-public-access",
    stack: "dev",
    plant: set("S3Bucket gold", "acl", "public-read"),
    resource: "S3Bucket gold",
    field: "acl",
    says: "public-read",
  },
  {
    policy: "storage-forbid-force-destroy",
    stack: "dev",
    plant: set("S3Bucket gold", "forceDestroy", true),
    resource: "S3Bucket gold",
    field: "forceDestroy",
    says: "turns it on",
  },
  {
    policy: "bucket-require-lifecycle",
    stack: "dev",
    plant: remove("IlmPolicy gold"),
    resource: "S3Bucket gold",
    field: "bucket",
    says: "no lifecycle rules (gold)",
  },
  {
    policy: "bucket-require-versioning",
    stack: "dev",
    plant: set("S3BucketVersioning bronze", "versioningConfiguration.status", "Suspended"),
    resource: "S3BucketVersioning bronze",
    field: "versioningConfiguration.status",
    says: "Suspended",
  },
  {
    policy: "state-require-protection",
    stack: "prod",
    plant: unprotect("Cluster postgres"),
    resource: "Cluster lakehouse-storage/postgres",
    field: "protect",
    says: "not protected",
    config: { protectState: true },
  },
];
