import { type Endpoint, type PodPeer, serviceHost } from "../core/endpoint";
import { type Node, nodeLimit } from "../core/node";
import type { PodGroup, VolumeClaim } from "../core/pod-group";
import type { Size } from "../settings/fields";
import { credentialsOf, type Login, logins } from "../core/login";
import type { Settings } from "../settings";

export const LAYERS = [
  "storage",
  "catalog",
  "compute",
  "query",
  "streaming",
  "orchestration",
  "observability",
] as const;
export type LayerName = (typeof LAYERS)[number];
/** Our namespaces: one a layer that runs pods, and one for operators. */
export const NAMESPACES = ["operators", "storage", "catalog", "compute", "query", "streaming"] as const;
export type NamespaceKey = (typeof NAMESPACES)[number];

/** What is the same for every service of a stack: nodes, pools, names, and the cluster's own endpoints. Pure. */
export interface Platform {
  readonly nodes: readonly Node[];
  readonly buffer: number;
  /** Options of every resource that holds data. */
  readonly dataOptions: { readonly protect: boolean; readonly retainOnDelete: boolean };
  readonly storageClass: string | undefined;
  readonly mavenMirror: string | undefined;
  namespace(key: NamespaceKey): string;
  /** The chosen pools; the default pool with its fallbacks where none is chosen. */
  pools(choice?: readonly string[]): readonly string[];
  /** Pods of a size from the settings. */
  podGroup(facts: PodGroupFacts, size: Size): PodGroup;
  /** A claim in the stack's storage class. */
  volume(name: string, size: number): VolumeClaim;
  /** Who a service signs in as: those that are alive, the one to be used first. */
  logins(service: string): readonly [Login, ...Login[]];
  readonly apiServer: Endpoint;
  readonly dns: PodPeer;
  /** Where libraries come from. */
  readonly maven: Endpoint;
}

/** Who goes first when a node is full; higher goes first. A driver outranks the executors that it would wait for. */
export const PRIORITIES = {
  "lakehouse-serving": 100_000,
  "spark-driver": 20_000,
  "spark-executor": 10_000,
  "lakehouse-batch": 1_000,
} as const;
export type PriorityClassName = keyof typeof PRIORITIES;

export interface PodGroupFacts extends Pick<PodGroup, "service" | "role" | "namespace"> {
  /** @default "apart" when there are several, else "any" */
  readonly spread?: PodGroup["spread"];
  /** @default "always" */
  readonly lifetime?: PodGroup["lifetime"];
  /** @default "deployed" */
  readonly origin?: PodGroup["origin"];
  /** @default none */
  readonly volumes?: readonly VolumeClaim[];
  /** @default serving, or batch for jobs */
  readonly priorityClass?: PriorityClassName;
}

/** Bursts above the request are allowed up to twice of it: cpu is compressible, memory is not. */
const CPU_BURST = 2;

export function platform(settings: Settings): Platform {
  const { cluster, credentials, pools: definitions } = settings;
  const pools = (choice?: readonly string[]) => poolsFor(definitions, choice);
  return {
    nodes: settings.nodes.map(({ name, pool, cpu, memory, system, disks }) => {
      const taint = definitions[pool]?.taint;
      const capacity = { cpu, memory };
      return {
        name,
        pool,
        capacity,
        system,
        limit: nodeLimit(capacity, system, cluster.buffer),
        ...(taint === undefined ? {} : { taint }),
        ...(disks === undefined ? {} : { disks }),
      };
    }),
    buffer: cluster.buffer,
    dataOptions: { protect: cluster.protectData, retainOnDelete: cluster.protectData },
    storageClass: cluster.storageClass,
    mavenMirror: cluster.mavenMirror,
    namespace: (key) => `${cluster.namespacePrefix}-${key}`,
    pools,
    podGroup: ({ spread, lifetime = "always", origin = "deployed", volumes = [], priorityClass, ...names }, size) => ({
      ...names,
      replicas: size.replicas,
      requests: { cpu: size.cpu, memory: size.memory },
      limits: { cpu: size.cpu * CPU_BURST, memory: size.memory },
      volumes,
      pools: pools(size.pool),
      spread: spread ?? (size.replicas > 1 ? "apart" : "any"),
      lifetime,
      origin,
      ...(origin === "existing"
        ? {}
        : { priorityClass: priorityClass ?? (lifetime === "job" ? "lakehouse-batch" : "lakehouse-serving") }),
    }),
    volume: (name, size) => ({
      name,
      size,
      ...(cluster.storageClass === undefined ? {} : { storageClass: cluster.storageClass }),
    }),
    logins: (service) => logins(service, credentialsOf(credentials, service)),
    apiServer: {
      name: "api-server",
      peer: { kind: "range", name: "api-server", cidrs: cluster.apiServer.cidrs },
      host: serviceHost("kubernetes", "default"),
      port: 443,
      targetPorts: cluster.apiServer.ports,
      protocol: "TCP",
      scheme: "https",
    },
    dns: { kind: "pods", name: "dns", namespace: "kube-system", labels: { "k8s-app": "kube-dns" }, managed: false },
    maven: {
      name: "maven",
      peer: {
        kind: "range",
        name: "maven",
        cidrs: ["0.0.0.0/0"],
        reason:
          "libraries that upstream's images lack are fetched from a Maven repository and checked against pinned SHA-256 sums",
      },
      host: cluster.mavenMirror ?? "Maven Central",
      port: 443,
      targetPorts: [443],
      protocol: "TCP",
      scheme: "https",
    },
  };
}

/** The pools that were chosen, and nothing else; where none was, the default pool and what it falls back to. */
function poolsFor(definitions: Settings["pools"], choice?: readonly string[]): readonly string[] {
  if (choice !== undefined) return choice;
  const found = new Set<string>();
  let next = Object.keys(definitions).find((name) => definitions[name]?.default);
  while (next !== undefined && !found.has(next)) {
    found.add(next);
    next = definitions[next]?.fallback;
  }
  return [...found];
}
