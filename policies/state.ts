import type { ResourceValidationPolicy } from "@pulumi/policy";

import { resourcePolicy } from "./core/define";

/** Resources whose deletion deletes data. */
const STATEFUL = [
  "apps/StatefulSet",
  "core/PersistentVolumeClaim",
  "postgresql.cnpg.io/Cluster",
  "objectbucket.io/ObjectBucketClaim",
  "minio:index/s3Bucket:S3Bucket",
];

export const stateRequireProtection: ResourceValidationPolicy = resourcePolicy({
  name: "state-require-protection",
  description: "Where state is protected, everything that holds data is protected from deletion.",
  of: STATEFUL,
  config: {
    protectState: { type: "boolean", default: false, description: "Turn it on for stacks that hold real data." },
  },
  *check({ kind, root, opts }, { protectState }) {
    if (protectState !== true || opts.protect) return;
    if (kind === "StatefulSet" && root.get("spec.volumeClaimTemplates").items.length === 0) return;
    yield {
      field: "protect",
      problem: "holds data and is not protected",
      fix: "set the resource option protect to true",
    };
  },
});

export const state = [stateRequireProtection];
