import {
  bucketRequireLifecycle,
  bucketRequireObjectLock,
  bucketRequireVersioning,
} from "../../../policies/buckets/durability";
import { storageForbidSharedUsers } from "../../../policies/buckets/users";
import { object } from "./builders";
import { add, container, set } from "./edit";
import { UNKNOWN } from "./runner";
import { CAPACITY } from "./stack";
import { suite } from "./suite";

const BRONZE = "S3Bucket bronze";
const claim = (additionalConfig: object) =>
  add(object("objectbucket.io/v1alpha1:ObjectBucketClaim", "front", "landing", { spec: { additionalConfig } }));
const rules = (...list: object[]) => claim({ bucketLifecycle: JSON.stringify({ Rules: list }) });
const CLAIM_SAYS = [
  "front/landing: spec.additionalConfig.bucketLifecycle: ObjectBucketClaim front/landing has no lifecycle rules. Fix: write the JSON of S3, with at least one rule in Rules that aborts unfinished uploads.",
];

// buckets.test.ts tests the rules of MinIO's buckets.
suite(bucketRequireLifecycle, [
  { when: "a claim with rules", edit: rules({ ID: "uploads", Status: "Enabled" }) },
  { when: "a claim with rules that are off", edit: rules({ ID: "uploads", Status: "Disabled" }), says: CLAIM_SAYS },
  { when: "a claim without rules", edit: claim({}), says: CLAIM_SAYS },
  { when: "a claim whose rules are not known yet", edit: claim({ bucketLifecycle: UNKNOWN }) },
  {
    when: "a bucket with an empty list of rules",
    edit: set("IlmPolicy bronze-rules", "rules", []),
    says: [
      "bronze: bucket: S3Bucket bronze has no lifecycle rules (bronze). Fix: add an IlmPolicy for it that at least expires noncurrent versions.",
    ],
  },
]);

const versioning = (status: unknown) =>
  add({
    type: "minio:index/s3BucketVersioning:S3BucketVersioning",
    name: "v",
    props: { bucket: "bronze", versioningConfiguration: { status } },
  });
const marked = (mark: object) => ({ buckets: [{ name: "bronze", ...mark }] });
const backups = add(
  object("barmancloud.cnpg.io/v1:ObjectStore", "back", "store", {
    spec: { configuration: { destinationPath: "s3://bronze/pg/" } },
  }),
);

suite(bucketRequireVersioning, [
  {
    when: "a bucket that the configuration marks",
    edit: [],
    config: marked({ versioning: true }),
    says: [
      "bronze: bucket: S3Bucket bronze has no versioning, though bronze is marked in the configuration. Fix: add an S3BucketVersioning with status Enabled.",
    ],
  },
  {
    when: "a bucket that the stack marks",
    edit: set(
      "ConfigMap front/capacity",
      ["data", "capacity.json"],
      JSON.stringify({ ...CAPACITY, ...marked({ versioning: true }) }),
    ),
    says: [
      "bronze: bucket: S3Bucket bronze has no versioning, though bronze is marked in the capacity ConfigMap. Fix: add an S3BucketVersioning with status Enabled.",
    ],
  },
  { when: "a marked bucket with versioning", edit: versioning("Enabled"), config: marked({ versioning: true }) },
  { when: "versioning that is not known yet", edit: versioning(UNKNOWN), config: marked({ versioning: true }) },
  {
    when: "a locked bucket, whose versioning comes with the lock",
    edit: set(BRONZE, "objectLocking", true),
    config: marked({ versioning: true }),
  },
]);

suite(bucketRequireObjectLock, [
  {
    when: "a bucket that keeps a database's backups",
    edit: backups,
    says: [
      "bronze: objectLocking: S3Bucket bronze does not set objectLocking, though bronze keeps the backups of ObjectStore back/store. Fix: set objectLocking to true when the bucket is created, and set a default retention in the object store.",
    ],
  },
  { when: "one that is locked", edit: [backups, set(BRONZE, "objectLocking", true)] },
  { when: "a lock that is not known yet", edit: [backups, set(BRONZE, "objectLocking", UNKNOWN)] },
  {
    when: "a marked bucket whose lock is off",
    edit: set(BRONZE, "objectLocking", false),
    config: marked({ objectLock: true }),
    says: [
      "bronze: objectLocking: S3Bucket bronze sets objectLocking to false, though bronze is marked in the configuration. Fix: set objectLocking to true when the bucket is created, and set a default retention in the object store.",
    ],
  },
  { when: "a bucket that nobody marks", edit: [] },
]);

const keys = (namespace: string, user: unknown) =>
  add(object("core/v1:Secret", namespace, "s3", { stringData: { AccessKey: user, SecretKey: "x" } }));
const uses = (what: string, secret = "s3") =>
  set(what, container("env"), [{ name: "KEY", valueFrom: { secretKeyRef: { name: secret, key: "AccessKey" } } }]);

suite(storageForbidSharedUsers, [
  { when: "a user of one service", edit: [keys("front", "reader"), uses("Deployment front/web")] },
  {
    when: "a user of two services",
    edit: [keys("front", "reader"), keys("back", "reader"), uses("Deployment front/web"), uses("Deployment back/api")],
    says: [
      "user: name: IamUser reader is used by api and web, which share the rights of reader. Fix: give each service a user of its own, with a policy of its own.",
    ],
  },
  {
    when: "two services with Secrets of the same name and users of their own",
    edit: [keys("front", "reader"), keys("back", "writer"), uses("Deployment front/web"), uses("Deployment back/api")],
  },
  {
    when: "a key that is not known yet",
    edit: [keys("front", UNKNOWN), keys("back", UNKNOWN), uses("Deployment front/web"), uses("Deployment back/api")],
  },
  {
    when: "a user of Ceph whose Secret a job reads too",
    edit: [
      add(object("ceph.rook.io/v1:CephObjectStoreUser", "front", "web", { spec: { store: "lake" } })),
      uses("Deployment front/web", "rook-ceph-object-user-lake-web"),
      add(
        object("batch/v1:Job", "front", "tidy", {
          spec: {
            template: {
              metadata: { labels: { "app.kubernetes.io/name": "tidy" } },
              spec: {
                containers: [{ name: "c", envFrom: [{ secretRef: { name: "rook-ceph-object-user-lake-web" } }] }],
              },
            },
          },
        }),
      ),
    ],
    says: [
      "front/web: metadata.name: CephObjectStoreUser front/web is used by tidy and web, which share the rights of web. Fix: give each service a user of its own, with a policy of its own.",
    ],
  },
]);
