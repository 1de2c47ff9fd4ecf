import type { Operator } from "./types";

/** Rook. `CephCluster`, `CephObjectStore`, `CephFilesystem` and others make pods that the pack does not read, so they are refused. */
export const ceph: Operator = {
  kinds: {
    "ceph.rook.io/CephObjectStoreUser": { pods: [], keys: "rook-ceph-object-user-{spec.store}-{name}" },
    "objectbucket.io/ObjectBucketClaim": {
      pods: [],
      holdsData: "elsewhere",
      bucket: { policy: "spec.additionalConfig.bucketPolicy", lifecycle: "spec.additionalConfig.bucketLifecycle" },
    },
  },
  podless: {
    "ceph.rook.io": ["CephBucketNotification", "CephBucketTopic", "CephClient"],
    "objectbucket.io": ["ObjectBucket"],
  },
};
