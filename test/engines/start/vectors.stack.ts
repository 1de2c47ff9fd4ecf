import type { VectorRequest, VectorStore } from "../../../components/core/vector-spaces";
import { combined, resolveNeeds } from "../../../components/core/given";
import type { Platform } from "../../../components/core/platform";
import { Service } from "../../../components/core/service";
import { one } from "../../../components/core/system";
import { ground } from "../../../components/ground";
import { Query } from "../../../components/query";
import { settingsFrom } from "../../../components/settings";
import { describeStack } from "../../../components/stack";
import { Storage } from "../../../components/storage";
import { Rendered } from "../../../sandbox/engines/rendered";

class Client extends Service {
  constructor(service: string, platform: Platform, vectors: VectorStore, access: readonly VectorRequest[]) {
    super("test:Client", service, { namespace: platform.namespace("compute"), pods: [] });
    this.use(vectors.grant(this, access));
    this.registerOutputs();
  }
}

export interface Choice {
  /** Whether the stack has Milvus, as a cluster. @default vectors are in PostgreSQL */
  readonly milvus?: boolean;
  /** Credentials of spark. @default the first generation */
  readonly credentials?: object;
}

/** Stores of a stack, with clients of its vectors: spark writes what trino reads, and flink has its own. */
export const rendering = ({ milvus = false, credentials = {} }: Choice = {}) =>
  Rendered.of(
    "dev",
    (resource) => `secret-of-${resource}`,
    undefined,
    () => {
      const settings = settingsFrom({
        nodes: ["one", "two", "three"].map((name) => ({ name, pool: "all", cpu: 64, memory: "256Gi" })),
        pools: { all: { default: true } },
        cluster: { certManager: true },
        credentials: { spark: credentials },
        compute: { spark: { enabled: false } },
        catalog: { hiveMetastore: { enabled: false } },
        storage: { objects: { kind: "minio", server: { replicas: 1 }, admin: { host: "s3.example.org", port: 443 } } },
        query: { trino: { enabled: false }, milvus: { enabled: milvus, mode: "cluster", etcd: { replicas: 3 } } },
      });
      const stack = describeStack(settings);
      const { child } = ground(stack);
      const storage = new Storage("storage", { stack }, child);
      const query = new Query("query", { stack, given: storage.gives }, child);
      const given = combined(storage.gives, query.gives);
      const { vectors } = resolveNeeds("test", { vectors: one("vectors") }, given, stack.preferred);
      const store = vectors as VectorStore;
      new Client("spark", stack.platform, store, [{ space: "docs", level: "write" }]);
      new Client("trino", stack.platform, store, [{ space: "docs", level: "read" }]);
      new Client("flink", stack.platform, store, [{ space: "images", level: "write" }]);
      stack.completeGrants([]);
    },
  );
