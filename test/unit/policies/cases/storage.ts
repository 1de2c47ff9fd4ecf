import { object, service } from "../builders";
import { add, container, protect, set } from "../edit";
import { type FieldCases, WEB } from "./case";

const BRONZE = "S3Bucket bronze";
const MARKED = { buckets: [{ name: "bronze", versioning: true, objectLock: true }] };
const VERSIONING = {
  type: "minio:index/s3BucketVersioning:S3BucketVersioning",
  name: "v",
  props: { bucket: "bronze", versioningConfiguration: { status: "Enabled" } },
};
const keys = (what: string) =>
  set(what, container("env"), [{ name: "KEY", valueFrom: { secretKeyRef: { name: "s3", key: "AccessKey" } } }]);
const secret = (namespace: string, user: string) =>
  object("core/v1:Secret", namespace, "s3", { stringData: { AccessKey: user } });

/** Cases of rights, buckets and resources with data. */
export const storageCases: FieldCases = {
  "bucketpolicy-forbid-wildcards": { what: "IamPolicy reader", path: "policy", wrong: "{", absent: "accepted" },
  "bucket-forbid-public-access": { what: BRONZE, path: "acl", wrong: "public-read", absent: "accepted" },
  "storage-forbid-force-destroy": { what: BRONZE, path: "forceDestroy", wrong: true, absent: "accepted" },
  "bucket-require-lifecycle": {
    what: "IlmPolicy bronze-rules",
    path: "rules",
    wrong: [],
    absent: "refused",
    otherKind: "missed",
    blamed: "bronze",
  },
  "bucket-require-versioning": {
    what: "S3BucketVersioning v",
    path: "versioningConfiguration.status",
    wrong: "Suspended",
    absent: "refused",
    given: [add(VERSIONING)],
  },
  "bucket-require-object-lock": {
    what: BRONZE,
    path: "objectLocking",
    wrong: false,
    absent: "refused",
    config: MARKED,
    given: [set(BRONZE, "objectLocking", true)],
  },
  "storage-forbid-shared-users": {
    what: "Secret back/s3",
    path: "stringData.AccessKey",
    wrong: "reader",
    absent: "accepted",
    blamed: "user",
    given: [add(secret("front", "reader"), secret("back", "writer")), keys(WEB), keys("Deployment back/api")],
  },
  // The policy judges an option, which is never unknown; the field decides whether the option is required.
  "state-require-protection": {
    what: "ConfigMap front/capacity",
    path: ["data", "capacity.json"],
    wrong: '{"protectData": true}',
    absent: "accepted",
    blamed: BRONZE.replace("S3Bucket ", ""),
    given: [protect("Cluster back/pg"), protect("Namespace back")],
  },
  "connection-require-tls": {
    what: "ConfigMap front/capacity",
    path: ["data", "capacity.json"],
    wrong: '{"tls": ["db.back.svc:9000"]}',
    absent: "accepted",
    blamed: "front/reader",
    given: [add(...service("front", "reader", { env: [{ name: "STORE", value: "http://db.back.svc:9000" }] }))],
  },
  "endpoint-require-tls": {
    what: "minio minio",
    path: "minioSsl",
    wrong: "false",
    absent: "refused",
    config: { requireTls: true },
    given: [add({ type: "pulumi:providers:minio", name: "minio", props: { minioSsl: "true" } })],
  },
};
