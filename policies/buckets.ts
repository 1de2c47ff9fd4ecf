import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";

import { BUCKET, durability } from "./buckets/durability";
import { json } from "./buckets/json";
import { storageForbidSharedUsers } from "./buckets/users";
import { resourcePolicy, type Violation } from "./core/define";
import type { Field } from "./core/field";
import { first } from "./core/path";
import { KINDS } from "./operators";
import { placeOf } from "./workloads/text";

/** Access to buckets and users of the object store. */

/** The field of each kind that holds an IAM or bucket policy, as JSON. */
const DOCUMENTS: Readonly<Record<string, string>> = {
  "minio:index/iamPolicy:IamPolicy": "policy",
  "minio:index/iamGroupPolicy:IamGroupPolicy": "policy",
  "minio:index/iamServiceAccount:IamServiceAccount": "policy",
  "minio:index/s3BucketPolicy:S3BucketPolicy": "policy",
  ...Object.fromEntries(
    Object.entries(KINDS).flatMap(([key, { bucket }]) => (bucket === undefined ? [] : [[key, bucket.policy]])),
  ),
};

export const bucketPolicyForbidWildcards: ResourceValidationPolicy = resourcePolicy({
  name: "bucketpolicy-forbid-wildcards",
  description: "Policies of the object store name their principals, their actions and their resources.",
  of: Object.keys(DOCUMENTS),
  *check(resource): Generator<Violation> {
    const field = first(placeOf(resource), DOCUMENTS[resource.key] ?? "policy");
    if (field.text === undefined) return;
    const document = json(field);
    if (document.absent) {
      yield { field, problem: "holds a policy that is not JSON", fix: "build it with JSON.stringify" };
      return;
    }
    for (const statement of listed(document.at("Statement"))) yield* wildcards(statement);
  },
});

function* wildcards(statement: Field): Generator<Violation> {
  // Denying everything to everybody is the safe direction.
  if (statement.at("Effect").is("Deny")) return;
  for (const key of ["NotPrincipal", "NotAction", "NotResource"]) {
    const field = statement.at(key);
    if (!field.absent)
      yield { field, problem: `allows all but what ${key} lists`, fix: `list what is allowed in ${key.slice(3)}` };
  }
  for (const principal of [...statement.at("Principal").strings()]) {
    const { field } = principal;
    if (field.is("*")) yield { field, problem: "allows everybody (*)", fix: "name the users" };
  }
  for (const action of listed(statement.at("Action"))) {
    if (!/^\*$|:\*$/.test(action.text ?? "")) continue;
    yield {
      field: action,
      problem: `allows the action ${action.text ?? ""}`,
      fix: "list the actions, such as s3:GetObject",
    };
  }
  for (const resource of listed(statement.at("Resource"))) {
    if (!/^(arn:aws:s3:::)?\*/.test(resource.text ?? "")) continue;
    yield {
      field: resource,
      problem: `allows actions on ${resource.text ?? ""}`,
      fix: "name the bucket and the prefix",
    };
  }
}

/** IAM accepts a single value in place of a list. */
function listed(field: Field): Field[] {
  if (field.absent) return [];
  return Array.isArray(field.value) ? field.items : [field];
}

export const bucketForbidPublicAccess: ResourceValidationPolicy = resourcePolicy({
  name: "bucket-forbid-public-access",
  description: "Every bucket is private.",
  of: [BUCKET],
  *check({ root }) {
    const field = root.at("acl");
    if (field.unknown || field.absent || field.is("private")) return;
    yield {
      field,
      problem: `sets acl to ${JSON.stringify(field.value)}`,
      fix: "set acl to private and grant access to users by policies",
    };
  },
});

export const storageForbidForceDestroy: ResourceValidationPolicy = resourcePolicy({
  name: "storage-forbid-force-destroy",
  description: "No bucket is deleted together with its objects, and no user with its access.",
  of: [BUCKET, "minio:index/iamUser:IamUser"],
  *check({ kind, root }) {
    const field = root.at("forceDestroy");
    if (!field.is(true)) return;
    const harm = kind === "IamUser" ? "a later update deletes the user" : "deleting the bucket deletes its objects";
    yield { field, problem: `sets forceDestroy to true, so ${harm}`, fix: "remove forceDestroy" };
  },
});

export const buckets: readonly (ResourceValidationPolicy | StackValidationPolicy)[] = [
  bucketPolicyForbidWildcards,
  bucketForbidPublicAccess,
  storageForbidForceDestroy,
  ...durability,
  storageForbidSharedUsers,
];
