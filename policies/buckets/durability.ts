import type { StackValidationPolicy } from "@pulumi/policy";

import { stackPolicy } from "../core/define";
import type { Field } from "../core/field";
import type { Resource } from "../core/resource";
import type { Stack } from "../core/stack";
import { type Mark, marks, MARKS_CONFIG } from "./marks";
import { json } from "./json";

/** That what a bucket holds survives mistakes, and that what is abandoned does not stay for ever. */

export const BUCKET = "minio:index/s3Bucket:S3Bucket";
const CLAIM = "objectbucket.io/ObjectBucketClaim";
const LIFECYCLE = "minio:index/ilmPolicy:IlmPolicy";
const VERSIONING = "minio:index/s3BucketVersioning:S3BucketVersioning";

/** Whether a resource is about a bucket: by its name, or because the name comes from there. What is not known may be it. */
function isAbout(bucket: Resource, other: Resource): boolean {
  if (other.sourcesOf("bucket").includes(bucket.urn)) return true;
  const [field, name] = [other.root.at("bucket"), bucket.root.at("bucket")];
  return field.unknown || name.unknown || (field.text !== undefined && field.text === name.text);
}

/** What can be told of rules: that there is one that is on. */
function someRule(rules: Field): boolean {
  return rules.unknown || rules.items.some((rule) => !rule.at("status").or(rule.at("Status")).is("Disabled"));
}

export const bucketRequireLifecycle: StackValidationPolicy = stackPolicy({
  name: "bucket-require-lifecycle",
  description: "Every bucket has lifecycle rules, so that what is abandoned goes away.",
  *check(stack) {
    const policies = stack.of(LIFECYCLE).filter(({ root }) => someRule(root.at("rules")));
    for (const bucket of stack.of(BUCKET)) {
      if (policies.some((policy) => isAbout(bucket, policy))) continue;
      yield {
        on: bucket,
        field: "bucket",
        problem: `has no lifecycle rules (${bucket.root.at("bucket").text ?? "name made up by the provider"})`,
        fix: "add an IlmPolicy for it, at least one that expires noncurrent versions",
      };
    }
    for (const claim of stack.of(CLAIM)) {
      const field = claim.root.get("spec.additionalConfig.bucketLifecycle");
      if (field.unknown || someRule(json(field).at("Rules"))) continue;
      yield {
        on: claim,
        field,
        problem: "has no lifecycle rules",
        fix: "write them as S3 does: Rules, at least one that aborts unfinished uploads",
      };
    }
  },
});

export const bucketRequireVersioning: StackValidationPolicy = stackPolicy({
  name: "bucket-require-versioning",
  description: "Versioning is switched on where a bucket declares it, is marked for it, or keeps backups.",
  config: MARKS_CONFIG,
  *check(stack, config) {
    const declared = stack.of(VERSIONING);
    for (const one of declared) {
      const field = one.root.get("versioningConfiguration.status");
      if (field.unknown || field.is("Enabled")) continue;
      yield {
        on: one,
        field,
        problem: `sets it to ${JSON.stringify(field.value ?? null)}`,
        fix: "set status to Enabled",
      };
    }
    for (const [bucket, { why }] of marked(stack, marks(stack, config), "versioning")) {
      // A lock needs versions, so the provider switches them on with it.
      const locked = bucket.root.at("objectLocking");
      if (locked.is(true) || locked.unknown || declared.some((one) => isAbout(bucket, one))) continue;
      yield {
        on: bucket,
        field: "bucket",
        problem: `has no versioning, though ${bucket.root.at("bucket").text ?? ""} ${why}`,
        fix: "add an S3BucketVersioning with status Enabled",
      };
    }
  },
});

export const bucketRequireObjectLock: StackValidationPolicy = stackPolicy({
  name: "bucket-require-object-lock",
  description: "Buckets that keep backups, or are marked for it, are made with object lock.",
  config: MARKS_CONFIG,
  *check(stack, config) {
    for (const [bucket, { why }] of marked(stack, marks(stack, config), "objectLock")) {
      const field = bucket.root.at("objectLocking");
      if (field.unknown || field.is(true)) continue;
      yield {
        on: bucket,
        field,
        problem: `${field.absent ? "does not set it" : `sets it to ${JSON.stringify(field.value)}`}, though ${bucket.root.at("bucket").text ?? ""} ${why}`,
        fix: "set objectLocking to true when the bucket is made, and a default retention in the object store",
      };
    }
  },
});

function* marked(
  stack: Stack,
  all: ReadonlyMap<string, Mark[]>,
  what: "versioning" | "objectLock",
): Generator<[Resource, Mark]> {
  for (const bucket of stack.of(BUCKET)) {
    const mark = all.get(bucket.root.at("bucket").text ?? "")?.find((one) => one[what]);
    if (mark !== undefined) yield [bucket, mark];
  }
}

export const durability = [bucketRequireLifecycle, bucketRequireVersioning, bucketRequireObjectLock];
