import { pins } from "../../../components/pins";
import { description } from "../description";

export const etcd = description({
  artefacts: {
    milvusEtcd: {
      what: "etcd",
      version: "v3.6.8",
      from: { kind: "go", module: "etcd", packages: ["go.etcd.io/etcd/server/v3"] },
      standsFor: { version: pins.etcd.version, why: "the one that is built for the control plane's proofs" },
    },
  },
  proofs: [
    {
      system: "Milvus' etcd",
      from: "arguments and probes of the StatefulSet of three members, each on an address of its own",
      seen: [
        "etcd forms one cluster, and each member is ready with its metrics",
        "etcd takes writes while a member is away, which catches up, and none without a majority",
        "etcd starts again with its data after all members were killed",
        "etcd refuses an empty member in the place of one that the others know",
      ],
    },
    {
      system: "vectors",
      from: "schemas, roles and rights of clients of the vector store, and Milvus' user of the object store",
      seen: [
        "pgvector finds the nearest vectors by an HNSW index that its writer makes",
        "a reader of a space searches it, also in later tables, and changes nothing",
        "no client sees another's space, and none makes schemas or roles",
        "the next generation of a writer owns the same tables",
        "Milvus' user may ask whether its bucket exists, works below its prefix, and reads nobody else's objects",
      ],
    },
  ],
  allowed: [],
  absent: [
    [
      "Milvus' server, the task that makes its users on it, and milvus-backup",
      "the server is in no registry of packages (its Go module is refused); the task runs against a stand-in for its API",
    ],
  ],
});
