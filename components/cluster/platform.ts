import { type Endpoint, type Peer, serviceHost } from "../core/endpoint";
import { type Node, nodeLimit } from "../core/node";
import { type PodGroup, type Resources, type Sidecar, sum, type VolumeClaim } from "../core/pod-group";
import type { PriorityClassName } from "../core/priorities";
import type { Site } from "../core/site";
import { fingerprint } from "../core/trust";
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
/**
 * Our namespaces: one a layer that runs pods, one for operators, and one for jobs on streams: Flink may rewrite every ConfigMap
 * of its namespace, and Kafka's configuration stands in such.
 */
export const NAMESPACES = ["operators", "storage", "catalog", "compute", "query", "streaming", "processing"] as const;
export type NamespaceKey = (typeof NAMESPACES)[number];

/** What is the same for every service of a stack: nodes, pools, names, and the cluster's own endpoints. Pure. */
export interface Platform {
  readonly nodes: readonly Node[];
  readonly buffer: number;
  /** Options of every resource that holds data. */
  readonly dataOptions: { readonly protect: boolean; readonly retainOnDelete: boolean };
  readonly storageClass: string | undefined;
  /** Of every pod that is ours; undefined where the cluster asks for nothing. */
  readonly site: Site | undefined;
  /** Certificates of the CAs that pods trust, in PEM. @default those of the images */
  readonly caBundle: string | undefined;
  /** Where libraries come from. @default Maven Central */
  readonly mavenMirror: string | undefined;
  namespace(key: NamespaceKey): string;
  /** The chosen pools; the default pool with its fallbacks where none is chosen. */
  pools(choice?: readonly string[]): readonly string[];
  /** Pods of a size from the settings. */
  podGroup(facts: PodGroupFacts, size: Size): PodGroup;
  /** A container that an operator adds to pods. */
  sidecar(name: string, size: Resources): Sidecar;
  /** A claim in the stack's storage class. */
  volume(name: string, size: number): VolumeClaim;
  /** Who a service signs in as: those that are alive, the one to be used first. */
  logins(service: string): readonly [Login, ...Login[]];
  readonly apiServer: Endpoint;
  /** Who answers for names: the cluster's pods, and addresses of the nodes where they have a cache. */
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
  /** What an operator adds to each pod, on top of the size. @default none */
  readonly sidecars?: readonly Sidecar[];
  /** @default none */
  readonly scratch?: PodGroup["scratch"];
}

/** Bursts above the request are allowed up to twice of it: cpu is compressible, memory is not. */
export const CPU_BURST = 2;

/** Beside the replicas of pods that run always: one that ends while its successor starts, or one that an operator makes. */
const SURGE = 1;

export function platform(settings: Settings): Platform {
  const { cluster, credentials, pools: definitions } = settings;
  const pools = (choice?: readonly string[]) => poolsFor(definitions, choice);
  const site = siteOf(cluster);
  return {
    nodes: settings.nodes.map(({ name, pool, cpu, memory, system, disks, taints }) => {
      const taint = definitions[pool]?.taint;
      const capacity = { cpu, memory };
      return {
        name,
        pool,
        capacity,
        system,
        limit: nodeLimit(capacity, system, cluster.buffer),
        ...(taint === undefined ? {} : { taint }),
        ...(taints.length === 0 ? {} : { taints }),
        ...(disks === undefined ? {} : { disks }),
      };
    }),
    buffer: cluster.buffer,
    dataOptions: { protect: cluster.protectData, retainOnDelete: cluster.protectData },
    storageClass: cluster.storageClass,
    site,
    caBundle: cluster.caBundle,
    mavenMirror: cluster.mavenMirror,
    namespace: (key) => `${cluster.namespacePrefix}-${key}`,
    pools,
    podGroup: (facts, size) =>
      podGroup({ ...facts, pools: pools(size.pool), site, ...tolerations(definitions, pools(size.pool)) }, size),
    sidecar: (name, { cpu, memory }) => ({ name, requests: { cpu, memory }, limits: { cpu: cpu * CPU_BURST, memory } }),
    volume: (name, size) => ({
      name,
      size,
      ...(cluster.storageClass === undefined ? {} : { storageClass: cluster.storageClass }),
    }),
    logins: (service) => logins(service, credentialsOf(credentials, service)),
    apiServer: {
      name: "api-server",
      peer: { kind: "range", name: "api-server", cidrs: cluster.apiServer.cidrs ?? PRIVATE_RANGES },
      host: serviceHost("kubernetes", "default"),
      port: 443,
      targetPorts: cluster.apiServer.ports,
      protocol: "TCP",
      scheme: "https",
    },
    dns: dnsServers(cluster.dns),
  };
}

/** Where an API server is that nobody gave the address of. */
const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

export interface DnsServers {
  readonly peer: Peer;
  /** Ports of the containers; addresses of nodes are asked on 53. */
  readonly ports: readonly number[];
}

function dnsServers({ namespace, labels, ports, cidrs }: Settings["cluster"]["dns"]): DnsServers[] {
  const pods: DnsServers = { peer: { kind: "pods", name: "dns", namespace, labels, managed: false }, ports };
  return cidrs.length === 0 ? [pods] : [pods, { peer: { kind: "range", name: "dns-cache", cidrs }, ports: [53] }];
}

function siteOf({ registryMirrors, imagePullSecrets, caBundle }: Settings["cluster"]): Site | undefined {
  const site: Site = {
    ...(Object.keys(registryMirrors).length === 0 ? {} : { registryMirrors }),
    ...(imagePullSecrets.length === 0 ? {} : { imagePullSecrets }),
    ...(caBundle === undefined ? {} : { caBundle: fingerprint(caBundle) }),
  };
  return Object.keys(site).length === 0 ? undefined : site;
}

/** What pods of some pools put up with; nothing where their machines have no taints of their own. */
function tolerations(definitions: Settings["pools"], pools: readonly string[]): Pick<PodGroup, "tolerations"> {
  const all = pools.flatMap((name) => definitions[name]?.tolerations ?? []);
  const distinct = [...new Map(all.map((each) => [JSON.stringify(each), each])).values()];
  return distinct.length === 0 ? {} : { tolerations: distinct };
}

function podGroup(
  {
    spread,
    lifetime = "always",
    origin = "deployed",
    volumes = [],
    sidecars = [],
    scratch,
    site,
    priorityClass = lifetime === "job" || lifetime === "once" ? "lakehouse-batch" : "lakehouse-serving",
    ...names
  }: PodGroupFacts & Pick<PodGroup, "pools" | "tolerations"> & { readonly site: Site | undefined },
  { replicas, cpu, memory }: Size,
): PodGroup {
  const whole = (own: Resources, of: "requests" | "limits") => sum([own, ...sidecars.map((one) => one[of])]);
  return {
    ...names,
    replicas,
    requests: whole({ cpu, memory }, "requests"),
    limits: whole({ cpu: cpu * CPU_BURST, memory }, "limits"),
    volumes,
    spread: spread ?? (replicas > 1 ? "apart" : "any"),
    lifetime,
    origin,
    ...(sidecars.length === 0 ? {} : { sidecars }),
    ...(scratch === undefined ? {} : { scratch }),
    ...(site === undefined || origin === "existing" ? {} : { site }),
    ...(origin === "existing" ? {} : { priorityClass, ...(lifetime === "always" ? { surge: SURGE } : {}) }),
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
