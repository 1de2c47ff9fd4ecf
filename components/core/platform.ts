import type { Size } from "../fields/fields";
import type { Endpoint, Peer } from "./endpoint";
import type { Login } from "./login";
import type { Node } from "./node";
import type { PodGroup, Resources, Sidecar, SizeSetting, VolumeClaim } from "./pod-group";
import type { PriorityClassName } from "./priorities";
import type { Site } from "./site";

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
/**
 * Namespaces of a stack: one for each layer that runs pods, one for operators, and one for stream jobs. Flink may change every
 * ConfigMap of its namespace, so it has another one than Kafka, whose configuration is in ConfigMaps. Druid
 * may change every pod of its namespace, so it has one of its own; so has ClickHouse, whose operator may read every Secret there.
 * NiFi has its own, since its nodes may change every ConfigMap there.
 * Spark Connect makes pods and runs users' code beside that right, so nothing else is in its namespace. Sources and
 * migrations have one of their own each, because Secrets with the passwords of others lie beside their jobs.
 * Keycloak has one, since who reads a Secret there signs in as anybody.
 * JupyterHub may make and delete every pod among people's notebooks, so it is not among them itself.
 * Functions have one, because their quota bounds what events may start.
 * Airflow's schedulers may make and delete every pod among those of tasks, so they are not among them themselves.
 * Pods that read files of their node are in `agents`, the one namespace that Pod Security does not restrict.
 */
export const NAMESPACES = [
  "operators",
  "storage",
  "postgres",
  "catalog",
  "identity",
  "compute",
  "spark-connect",
  "query",
  "druid",
  "clickhouse",
  "streaming",
  "processing",
  "sources",
  "migration",
  "nifi",
  "functions",
  "hub",
  "notebooks",
  "airflow",
  "airflow-tasks",
  "observability",
  "agents",
] as const;
export type NamespaceKey = (typeof NAMESPACES)[number];

/** What is the same for every service of a stack: nodes, pools, names, and the cluster's own endpoints. Pure. */
export interface Platform {
  readonly nodes: readonly Node[];
  readonly buffer: number;
  /** Options of every resource that holds data. */
  readonly dataOptions: { readonly protect: boolean; readonly retainOnDelete: boolean };
  readonly storageClass: string | undefined;
  /** Registry mirrors, pull secrets and trusted CAs of every pod; undefined where the settings name none. */
  readonly site: Site | undefined;
  /** cert-manager's ClusterIssuer for servers that several namespaces connect to; pods trust it by `caBundle`. */
  readonly issuer: string | undefined;
  /** Whether servers that carry data or credentials between pods speak TLS alone, by certificates of `issuer`. */
  readonly tls: boolean;
  /** Certificates of the CAs that pods trust, in PEM. @default those of the images */
  readonly caBundle: string | undefined;
  /** Registries of the owner's images, besides those of the stack's. */
  readonly ownRegistries: readonly string[];
  /** Maven repository of libraries. @default Maven Central */
  readonly mavenMirror: string | undefined;
  namespace(key: NamespaceKey): string;
  /** The chosen pools; the default pool with its fallbacks where none is chosen. */
  pools(choice?: readonly string[]): readonly string[];
  /** Pods of a size from the settings. */
  podGroup(facts: PodGroupFacts, size: Size & { readonly setting?: SizeSetting }): PodGroup;
  /** A container that an operator adds to pods. */
  sidecar(name: string, size: Resources): Sidecar;
  /** A claim in the stack's storage class. */
  volume(name: string, size: number): VolumeClaim;
  /** Valid logins of a service, which uses the first. */
  logins(service: string): readonly [Login, ...Login[]];
  readonly apiServer: Endpoint;
  /** DNS servers: the cluster's pods, and node addresses where nodes run a DNS cache. */
  readonly dns: readonly DnsServers[];
}

export interface PodGroupFacts extends Pick<PodGroup, "service" | "role" | "namespace"> {
  /** @default "apart" when there are several, else "any" */
  readonly spread?: PodGroup["spread"];
  /** @default "always" */
  readonly lifetime?: PodGroup["lifetime"];
  /** @default "deployed" */
  readonly origin?: PodGroup["origin"];
  /** @default none */
  readonly volumes?: readonly VolumeClaim[];
  /** @default serving, or batch for jobs and tasks */
  readonly priorityClass?: PriorityClassName;
  /** Containers that an operator adds to each pod, on top of the size. @default none */
  readonly sidecars?: readonly Sidecar[];
  /** @default none */
  readonly scratch?: PodGroup["scratch"];
}

export interface DnsServers {
  readonly peer: Peer;
  /** Ports of the containers; 53 for node addresses. */
  readonly ports: readonly number[];
}
