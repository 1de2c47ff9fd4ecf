import { Telemetry } from "../../../components/observability/telemetry";
import { settingsFrom } from "../../../components/settings";
import { describeStack } from "../../../components/stack";
import { Storage } from "../../../components/storage";
import { Rendered } from "../../../sandbox/engines/rendered";
import { secret } from "./search";

export type Kind = "opensearch" | "elasticsearch";

/** A store, and the collector that writes logs to it. @param replicas nodes of the store */
export const logStack = (kind: Kind, replicas: number): Promise<Rendered> =>
  Rendered.of("dev", secret, undefined, () => {
    const settings = settingsFrom({
      nodes: ["one", "two", "three"].map((name) => ({ name, pool: "all", cpu: 64, memory: "256Gi" })),
      pools: { all: { default: true } },
      cluster: { certManager: true },
      licences: { allow: ["Elastic-2.0"] },
      storage: {
        objects: { kind: "minio", server: { replicas: 1 }, admin: { host: "s3.example.org", port: 443 } },
        [kind]: { enabled: true, data: { replicas, memory: "1280Mi" } },
      },
      observability: { logs: { store: kind } },
    });
    const stack = describeStack(settings);
    const { gives } = new Storage("storage", { stack });
    new Telemetry("telemetry", { stack, given: gives });
    stack.completeGrants([]);
  });
