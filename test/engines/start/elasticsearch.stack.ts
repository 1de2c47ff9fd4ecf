import { settingsFrom } from "../../../components/settings";
import { describeStack } from "../../../components/stack";
import { Storage } from "../../../components/storage";
import { Rendered } from "../../../sandbox/engines/rendered";
import { type Clients, makeClients, secret } from "./search";

export interface Choice extends Clients {
  readonly credentials?: object;
}

/** The storage layer alone: three nodes, an object store, and clients of the search store. */
export const rendering = ({ credentials = {}, ...clients }: Choice = {}) =>
  Rendered.of("dev", secret, undefined, () => {
    const settings = settingsFrom({
      nodes: ["one", "two", "three"].map((name) => ({ name, pool: "all", cpu: 64, memory: "256Gi" })),
      pools: { all: { default: true } },
      cluster: { certManager: true },
      licences: { allow: ["Elastic-2.0"] },
      credentials: { spark: credentials },
      storage: {
        objects: { kind: "minio", server: { replicas: 1 }, admin: { host: "s3.example.org", port: 443 } },
        elasticsearch: {
          enabled: true,
          data: { replicas: 3, memory: "1280Mi" },
          users: [{ name: "grace", indices: ["logs-"] }],
        },
      },
    });
    const stack = describeStack(settings);
    const { gives } = new Storage("storage", { stack });
    makeClients(stack.platform, gives, "elasticsearch", clients);
    stack.completeGrants([]);
  });

/** Requests that a writer of `logs-` has no right to. */
export const REFUSED_TO_WRITERS = [
  ["DELETE", "/logs-shop"],
  ["PUT", "/catalog_a"],
  ["PUT", "/other/_doc/1", { a: 1 }],
  ["GET", "/.security/_search"],
  ["PUT", "/_index_template/mine", { index_patterns: ["logs-*"], priority: 900 }],
  ["PUT", "/_cluster/settings", { persistent: { "cluster.routing.allocation.enable": "none" } }],
  ["POST", "/_security/user/mine", { password: "long-enough", roles: ["superuser"] }],
  ["PUT", "/_snapshot/mine", { type: "fs", settings: { location: "/srv/copies" } }],
] as const;
