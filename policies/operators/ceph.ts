import type { Operator } from "./types";

/** Rook. `CephCluster`, `CephFilesystem` and others make pods that the pack does not read, so they are refused. */
export const ceph: Operator = {
  kinds: {
    "ceph.rook.io/CephObjectStore": {
      holdsData: "elsewhere",
      // Rook writes security contexts and accounts itself.
      pods: {
        at: "spec.gateway",
        replicas: ".instances",
        surge: 1,
        judged: false,
        labels: {
          "app": "rook-ceph-rgw",
          "rgw": "{name}",
          "rook_object_store": "{name}",
          "app.kubernetes.io/name": "ceph-rgw",
          "app.kubernetes.io/instance": "{name}",
          "app.kubernetes.io/component": "cephobjectstores.ceph.rook.io",
          // Rook calls it `ceph-version`, and takes it from the cluster.
          "app.kubernetes.io/version": null,
          "app.kubernetes.io/part-of": "{name}",
          "app.kubernetes.io/managed-by": "rook-ceph-operator",
        },
        labelsAt: ".labels",
        containers: [{ name: "rgw", image: [] }],
        written: [],
        serviceAccount: [],
        affinity: ".placement",
        tolerations: ".placement.tolerations",
        priorityClass: ".priorityClassName",
        // Gateways listen on 8080, the Service on `port`.
        ports: [{ name: "http", port: 8080 }],
      },
      services: [{ name: "rook-ceph-rgw-{name}", ports: [{ name: "http", port: 80, at: "spec.gateway.port" }] }],
    },
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
