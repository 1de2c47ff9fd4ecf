import {
  bucketForbidPublicAccess,
  bucketPolicyForbidWildcards,
  storageForbidForceDestroy,
} from "../../../policies/buckets";
import { bucketRequireLifecycle, bucketRequireVersioning } from "../../../policies/buckets/durability";
import { stateRequireProtection } from "../../../policies/state";
import { add, protect, remove, retype, set } from "./edit";
import { UNKNOWN } from "./runner";
import { suite } from "./suite";

const WEB = "Deployment front/web";

const statement = (of: object) => JSON.stringify({ Version: "2012-10-17", Statement: of });

const claim = {
  type: "kubernetes:objectbucket.io/v1alpha1:ObjectBucketClaim",
  name: "landing",
  props: {
    metadata: { name: "landing", namespace: "front" },
    spec: {
      additionalConfig: {
        bucketPolicy: statement({
          Effect: "Allow",
          NotAction: "s3:GetObject",
          Resource: ["arn:aws:s3:::landing/in/*"],
        }),
      },
    },
  },
};

suite(bucketPolicyForbidWildcards, [
  {
    when: "everything for everybody everywhere",
    edit: set(
      "IamPolicy reader",
      "policy",
      statement({ Effect: "Allow", Action: "s3:*", Resource: "arn:aws:s3:::*", Principal: { AWS: ["*"] } }),
    ),
    says: [
      "reader: policy.Statement.Principal.AWS[0]: IamPolicy reader allows everybody (*). Fix: name the users.",
      "reader: policy.Statement.Action: IamPolicy reader allows the action s3:*. Fix: list the actions, such as s3:GetObject.",
      "reader: policy.Statement.Resource: IamPolicy reader allows actions on arn:aws:s3:::*. Fix: name the bucket and the prefix.",
    ],
  },
  {
    when: "denying everything to everybody",
    edit: set(
      "IamPolicy reader",
      "policy",
      statement({ Effect: "Deny", Action: "s3:*", Resource: "*", Principal: "*" }),
    ),
  },
  {
    when: "what is not JSON",
    edit: set("IamPolicy reader", "policy", "{"),
    says: ["reader: policy: IamPolicy reader holds a policy that is not JSON. Fix: build it with JSON.stringify."],
  },
  { when: "a policy that is not known yet", edit: set("IamPolicy reader", "policy", UNKNOWN) },
  {
    when: "all but something in the policy of a claim",
    edit: add(claim),
    says: [
      "landing: spec.additionalConfig.bucketPolicy.Statement.NotAction: ObjectBucketClaim front/landing allows all but what NotAction lists. Fix: list what is allowed in Action.",
    ],
  },
]);

suite(bucketForbidPublicAccess, [
  {
    when: "a public bucket",
    edit: set("S3Bucket bronze", "acl", "public-read"),
    says: [
      'bronze: acl: S3Bucket bronze sets acl to "public-read". Fix: set acl to private and grant access to users by policies.',
    ],
  },
  { when: "a bucket that leaves it to the default", edit: set("S3Bucket bronze", "acl", undefined) },
]);

suite(storageForbidForceDestroy, [
  {
    when: "a bucket that takes its objects along",
    edit: set("S3Bucket bronze", "forceDestroy", true),
    says: [
      "bronze: forceDestroy: S3Bucket bronze sets forceDestroy to true, so deleting the bucket deletes its objects. Fix: remove forceDestroy.",
    ],
  },
  {
    when: "a user that an update deletes",
    edit: set("IamUser user", "forceDestroy", true),
    says: [
      "user: forceDestroy: IamUser reader sets forceDestroy to true, so a later update deletes the user. Fix: remove forceDestroy.",
    ],
  },
]);

suite(bucketRequireLifecycle, [
  {
    when: "a bucket without rules",
    edit: remove("IlmPolicy bronze-rules"),
    says: [
      "bronze: bucket: S3Bucket bronze has no lifecycle rules (bronze). Fix: add an IlmPolicy for it that at least expires noncurrent versions.",
    ],
  },
  { when: "rules for a bucket that is not known yet", edit: set("IlmPolicy bronze-rules", "bucket", UNKNOWN) },
  {
    when: "rules for another bucket",
    edit: set("IlmPolicy bronze-rules", "bucket", "silver"),
    says: [
      "bronze: bucket: S3Bucket bronze has no lifecycle rules (bronze). Fix: add an IlmPolicy for it that at least expires noncurrent versions.",
    ],
  },
]);

suite(bucketRequireVersioning, [
  {
    when: "suspended versioning",
    edit: add({
      type: "minio:index/s3BucketVersioning:S3BucketVersioning",
      name: "v",
      props: { bucket: "bronze", versioningConfiguration: { status: "Suspended" } },
    }),
    says: [
      'v: versioningConfiguration.status: S3BucketVersioning v sets status to "Suspended". Fix: set status to Enabled.',
    ],
  },
]);

const PROTECTED = ["Cluster back/pg", "Namespace back", "S3Bucket bronze"].map(protect);

suite(stateRequireProtection, [
  {
    when: "state without protection where it is asked for",
    edit: [],
    config: { protectState: true },
    says: [
      "back/pg: protect: Cluster back/pg holds data and is not protected. Fix: set the resource option protect to true.",
      "bronze: protect: S3Bucket bronze holds data and is not protected. Fix: set the resource option protect to true.",
      "back: protect: Namespace back contains Cluster back/pg, which is deleted with it, and is not protected. Fix: set the resource option protect to true.",
    ],
  },
  { when: "state without protection where it is not asked for", edit: [] },
  { when: "protected state", edit: PROTECTED, config: { protectState: true } },
  {
    when: "a StatefulSet without volumes",
    edit: [...PROTECTED, retype(WEB, "kubernetes:apps/v1:StatefulSet")],
    config: { protectState: true },
  },
]);
