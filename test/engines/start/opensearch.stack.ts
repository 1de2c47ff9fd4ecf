import { settingsFrom } from "../../../components/settings";
import { describeStack } from "../../../components/stack";
import { Storage } from "../../../components/storage";
import { Rendered } from "../../../sandbox/engines/rendered";
import { type Clients, makeClients, secret } from "./search";

export interface Choice extends Clients {
  readonly credentials?: object;
}

/** The storage layer alone: three nodes, an object store, and clients of the indices. */
export const rendering = ({ credentials = {}, ...clients }: Choice = {}) =>
  Rendered.of("dev", secret, undefined, () => {
    const settings = settingsFrom({
      nodes: ["one", "two", "three"].map((name) => ({ name, pool: "all", cpu: 64, memory: "256Gi" })),
      pools: { all: { default: true } },
      cluster: { certManager: true },
      credentials: { spark: credentials },
      storage: {
        objects: { kind: "minio", server: { replicas: 1 }, admin: { host: "s3.example.org", port: 443 } },
        opensearch: {
          enabled: true,
          data: { replicas: 3, memory: "1280Mi" },
          image: "registry.example.org/opensearch:3.4.0",
          snapshots: { method: "s3" },
          users: [{ name: "grace", indices: ["logs-"] }],
        },
      },
    });
    const stack = describeStack(settings);
    const { gives } = new Storage("storage", { stack });
    makeClients(stack.platform, gives, "opensearch", clients);
    stack.completeGrants([]);
  });
