import type { Platform } from "../../../components/core/platform";
import { platform } from "../../../components/cluster";
import type { TableCatalog } from "../../../components/core/capabilities";
import { serviceEndpoint } from "../../../components/core/endpoint";
import { type Settings, settingsFrom } from "../../../components/settings";
import { record as recordInputs, type Registered as Resource } from "../../support/record";

/**
 * Settings of three machines with a pool each for services, drivers and executors.
 * @param others of the layer's other systems
 */
export function settings(
  spark: Readonly<Record<string, unknown>> = {},
  others: Readonly<Record<string, unknown>> = {},
  credentials: Readonly<Record<string, unknown>> = {},
): Settings {
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
      ...others,
    },
    credentials,
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

/** A pod's specification in plain values, with the fields that tests read. */
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

/** Inputs of a resource, with the fields that tests read, of all kinds. */
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

export type Registered = Resource<Inputs>;

/** Registered resources of a program, with the fields that tests of this layer read. */
export const record = <T>(program: () => T) => recordInputs<Inputs, T>(program);
