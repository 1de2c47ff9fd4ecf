import * as pulumi from "@pulumi/pulumi";

import { type Platform, platform } from "../../../components/cluster";
import type { TableCatalog } from "../../../components/core/capabilities";
import { serviceEndpoint } from "../../../components/core/endpoint";
import { type Settings, settingsFrom } from "../../../components/settings";

/** Settings of three machines with a pool each for services, drivers and executors. */
export function settings(spark: Readonly<Record<string, unknown>> = {}): Settings {
  return settingsFrom({
    nodes: ["control", "drivers", "executors"].map((pool) => ({ name: `node-${pool}`, pool, cpu: 16, memory: "96Gi" })),
    pools: { control: { default: true }, drivers: {}, executors: { taint: "NoSchedule" } },
    cluster: { certManager: true },
    storage: { objects: { kind: "ceph", namespace: "rook-ceph", store: "lakehouse" } },
    compute: {
      spark: {
        driver: { replicas: 4, cpu: 0.75, memory: "4Gi", pool: "drivers" },
        executor: { replicas: 3, cpu: 2, memory: "8Gi", pool: "executors" },
        ...spark,
      },
    },
  });
}

export const testPlatform = (of: Settings = settings()): Platform => platform(of);

export function fakeTables(): TableCatalog {
  const peer = {
    kind: "pods",
    name: "hive-metastore",
    namespace: "lakehouse-catalog",
    labels: { a: "hms" },
    managed: true,
  } as const;
  return {
    rest: serviceEndpoint({ name: "hive-metastore-rest", peer, service: "hive-metastore", port: 9001 }),
    restUrl: "http://hive-metastore.lakehouse-catalog.svc:9001/iceberg",
    thrift: serviceEndpoint({
      name: "hive-metastore-thrift",
      peer,
      service: "hive-metastore",
      port: 9083,
      scheme: "thrift",
    }),
    warehouse: "s3://x-warehouse/",
  };
}

/** A pod's specification in plain values, as far as tests read it. */
export interface PlainPod {
  readonly affinity: { readonly nodeAffinity: { readonly requiredDuringSchedulingIgnoredDuringExecution: Terms } };
  readonly automountServiceAccountToken: boolean;
  readonly containers: readonly [PlainContainer];
  readonly initContainers: readonly [PlainContainer];
  readonly priorityClassName: string;
  readonly securityContext: object;
  readonly tolerations: readonly object[];
  readonly volumes: readonly { readonly name: string }[];
}
interface Terms {
  readonly nodeSelectorTerms: readonly object[];
}
interface PlainContainer {
  readonly name: string;
  readonly image: string;
  readonly env: readonly object[];
  readonly resources: object;
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
}

/** What a resource was registered with: fields of all the kinds that tests read. */
interface Inputs {
  readonly name: string;
  readonly namespace: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly chart: string;
  readonly version: string;
  readonly values: { readonly spark: { readonly jobNamespaces: readonly string[] } };
  readonly data: Readonly<Record<string, string>>;
  readonly rules: readonly object[];
  readonly roleRef: { readonly name: string };
  readonly subjects: readonly object[];
  readonly automountServiceAccountToken: boolean;
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly spec: {
    readonly suspend: boolean;
    readonly arguments: readonly string[];
    readonly image: string;
    readonly executor: { readonly template: { readonly spec: PlainPod } };
    readonly podSelector: { readonly matchLabels: object };
    readonly ingress: readonly [{ readonly from: readonly object[]; readonly ports: readonly object[] }];
  };
}

/** A resource as it was registered. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Inputs;
}

/** Everything that a program registers with Pulumi mocked; all of it, because every registration is awaited. */
export async function record<T>(
  program: () => T,
): Promise<{ readonly result: T; readonly registered: readonly Registered[] }> {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs: inputs as Inputs });
        return { id: `${name}-id`, state: inputs as Record<string, unknown> };
      },
      call: ({ inputs }) => inputs as Record<string, unknown>,
    },
    "lakehouse",
    "test",
    false,
  );
  const result = program();
  // Exported, but not in the published types.
  await (pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();
  return { result, registered };
}
