import { pins } from "../../../components/pins";
import { description } from "../description";

export const seaweedfs = description({
  artefacts: {
    seaweedfs: {
      what: "SeaweedFS",
      version: pins.seaweedfs.version,
      from: { kind: "python", lock: "seaweedfs/seaweedfs.lock.txt" },
    },
  },
  proofs: [
    {
      system: "SeaweedFS",
      from: "arguments, variables, probes and the file of users of each workload, with two servers; the Job that makes buckets, the CronJob of maintenance",
      seen: [
        "Spark, the metastore and Trino cannot delete in bronze; elsewhere Spark can",
        "the backup's user has access to its own prefix only",
        "a client without a user lists and reads nothing",
        "the user that wrote a locked backup cannot destroy it",
        "SeaweedFS' buckets have the rendered versioning, object lock and lifecycles, and the Job may run again",
        "SeaweedFS' filer and servers take no writes of who has no key",
        "SeaweedFS' objects are there while one of two servers is away, and after all programs were killed (slow)",
        "SeaweedFS' maintenance succeeds, and each program has metrics that alerts ask for (slow)",
        "SeaweedFS knows the next generation beside the one in use, and then it alone (slow)",
      ],
    },
  ],
  allowed: [],
  absent: [],
});
