import { pinned } from "../../core/pins";

export const pins = pinned({
  milvus: {
    version: "2.6.15",
    licence: "Apache-2.0",
    held: {
      pin: "2.6.15",
      newest: "3.0.0",
      read: "2026-11-30",
      why: "the version of upstream's newest chart that was read (5.0.19): arguments, ports and settings are of it; 3.0 runs the message store as a service of its own",
    },
    image: "docker.io/milvusdb/milvus:v{version}",
  },
  // Upstream tests with 3.5; its own image of it is a rebuild of Bitnami's.
  etcd: {
    version: "3.5.25",
    licence: "Apache-2.0",
    held: { pin: "3.5.25", newest: "3.6.0", read: "2026-11-30", why: "the line that Milvus 2.6 is tested with" },
    image: "quay.io/coreos/etcd:v{version}",
  },
  milvusBackup: { version: "0.5.16", licence: "Apache-2.0", image: "docker.io/milvusdb/milvus-backup:v{version}" },
});
