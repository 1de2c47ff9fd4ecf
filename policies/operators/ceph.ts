import type { ApiGroup } from "./types";

/** `CephCluster`, `CephObjectStore`, `CephFilesystem` and others make pods that nothing here reads. */
export const ceph: readonly ApiGroup[] = [
  {
    group: "ceph.rook.io",
    podless: ["CephBucketNotification", "CephBucketTopic", "CephClient", "CephObjectStoreUser"],
  },
  { group: "objectbucket.io", podless: ["ObjectBucket", "ObjectBucketClaim"], holdsData: ["ObjectBucketClaim"] },
];
