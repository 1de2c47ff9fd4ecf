import { describeStack } from "../../../components/stack";
import { Catalog } from "../../../components/catalog";
import type { Platform } from "../../../components/core/platform";
import { platform } from "../../../components/cluster";
import type { Database } from "../../../components/core/capabilities";
import { serviceEndpoint } from "../../../components/core/endpoint";
import { type Settings, settingsFrom } from "../../../components/settings";
import { fakeLibraries } from "../../support/libraries";
import { fakeObjects } from "../../support/objects";
import { record, type Registered as Resource } from "../../support/record";

/** Settings of two machines; `hiveMetastore` over the defaults. */
export function settings(hiveMetastore: Readonly<Record<string, unknown>> = {}): Settings {
  return settingsFrom({
    nodes: ["a", "b"].map((name) => ({ name, pool: "services", cpu: 16, memory: "96Gi" })),
    pools: { services: { default: true } },
    cluster: { certManager: true },
    storage: { objects: { kind: "ceph", namespace: "rook-ceph", store: "lakehouse" } },
    catalog: { hiveMetastore },
    // Without a metastore, all systems that use one must be off.
    ...(hiveMetastore.enabled === false
      ? { compute: { spark: { enabled: false } }, query: { trino: { enabled: false } } }
      : {}),
  });
}

export const testPlatform = (of: Settings = settings()): Platform => platform(of);

const peer = (name: string) =>
  ({ kind: "pods", name, namespace: "lakehouse-storage", labels: { a: name }, managed: true }) as const;

/** A fake database server that records its grants. */
export function fakeDatabase(): Database & { readonly owned: string[]; readonly readers: string[] } {
  const owned: string[] = [];
  const readers: string[] = [];
  const access = (service: string, database: string) => {
    const keys = { secret: `${service}-postgres`, userKey: "username", passwordKey: "password" };
    return { ...keys, endpoint, database, jdbcUrl: `jdbc:postgresql://${endpoint.host}:5432/${database}` };
  };
  const endpoint = serviceEndpoint({
    name: "postgres",
    peer: peer("postgres"),
    service: "postgres-rw",
    port: 5432,
    scheme: "postgresql",
  });
  return {
    endpoint,
    owned,
    readers,
    own: (client, database) => {
      owned.push(`${client.service}:${database}`);
      return access(client.service, database);
    },
    read: (client, database) => {
      readers.push(`${client.service}:${database}`);
      return access(client.service, database);
    },
    replicate: () => {
      throw new Error("the catalog follows nobody's database");
    },
    user: () => {
      throw new Error("the catalog has one user of its own");
    },
  };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly ports?: readonly object[];
  readonly startupProbe?: object;
  readonly readinessProbe?: object;
  readonly livenessProbe?: object;
  readonly lifecycle?: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
  readonly resources: object;
  readonly volumeMounts: readonly { readonly mountPath: string }[];
}
export interface Pod {
  readonly automountServiceAccountToken: boolean;
  readonly serviceAccountName: string;
  readonly affinity: { readonly podAntiAffinity?: object };
  readonly restartPolicy?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly priorityClassName: string;
  readonly initContainers?: readonly Container[];
  readonly containers: readonly [Container];
  readonly volumes: readonly object[];
}
interface JobSpec {
  readonly template: { readonly spec: Pod };
}

/** Fields that the tests read, of all kinds. */
interface Inputs {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly data: Readonly<Record<string, string>>;
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly spec: JobSpec & {
    readonly replicas: number;
    readonly ports: readonly object[];
    readonly selector: object;
    readonly maxUnavailable: number;
    readonly schedule: string;
    readonly concurrencyPolicy: string;
    readonly jobTemplate: { readonly spec: JobSpec };
  };
}
export type Registered = Resource<Inputs>;

/**
 * Resources of the catalog layer with Pulumi mocked; every registration is awaited. `created` lists types and names in the
 * order in which creation ended, with slow Jobs.
 */
export async function catalog(hiveMetastore: Readonly<Record<string, unknown>> = {}) {
  const of = settings(hiveMetastore);
  const [objects, database] = [fakeObjects(), fakeDatabase()];
  const created: string[] = [];
  const { result: layer, registered } = await record<Inputs, Catalog>(
    () =>
      new Catalog("catalog", {
        stack: describeStack(of),
        given: { objects: [objects], database: [database], libraries: [fakeLibraries] },
      }),
    async ({ type, name }) => {
      if (type === "kubernetes:batch/v1:Job") await new Promise((resolve) => setTimeout(resolve, 50));
      created.push(`${type} ${name}`);
    },
  );
  const one = (type: string, name: string): Inputs => {
    const found = registered.filter((each) => each.type === type && each.name === name);
    if (found.length !== 1) throw new Error(`${String(found.length)} of ${type} ${name}`);
    return found[0]!.inputs;
  };
  return { layer, registered, created, objects, database, one };
}
