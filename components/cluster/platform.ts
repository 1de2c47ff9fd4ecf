import { serviceHost } from "../core/endpoint";
import { credentialsOf, logins, type Credentials } from "../core/login";
import { nodeLimit } from "../core/node";
import type { DnsServers, Platform, PodGroupFacts } from "../core/platform";
import { type PodGroup, type Resources, type SizeSetting, sum } from "../core/pod-group";
import type { Site } from "../core/site";
import { bundleId } from "../core/trust";
import type { Size } from "../fields/fields";
import { type ClusterSettings, namedNodes, type NodeSettings, type PoolSettings } from "./settings";

/** Bursts above the request are allowed up to twice of it: cpu is compressible, memory is not. */
export const CPU_BURST = 2;

/** Pods beside the replicas of those that run always: one that ends while its successor starts, or one that an operator creates. */
const SURGE = 1;

/** Settings that the platform is derived from. */
export interface PlatformSettings {
  readonly nodes: NodeSettings;
  readonly pools: PoolSettings;
  readonly cluster: ClusterSettings;
  /** Generations of credentials by service. */
  readonly credentials: Readonly<Record<string, Credentials>>;
}

export function platform(settings: PlatformSettings): Platform {
  const { cluster, credentials, pools: definitions } = settings;
  const pools = (choice?: readonly string[]) => poolsFor(definitions, choice);
  const site = siteOf(cluster);
  return {
    nodes: namedNodes(settings.nodes).map(({ name, pool, cpu, memory, system, disks, taints }) => {
      const taint = definitions[pool]?.taint;
      const capacity = { cpu, memory };
      return {
        name,
        pool,
        capacity,
        system,
        limit: nodeLimit(capacity, system, cluster.buffer),
        share: cluster.buffer,
        ...(taint === undefined ? {} : { taint }),
        ...(taints.length === 0 ? {} : { taints }),
        ...(disks === undefined ? {} : { disks }),
      };
    }),
    buffer: cluster.buffer,
    dataOptions: { protect: cluster.protectData, retainOnDelete: cluster.protectData },
    storageClass: cluster.storageClass,
    site,
    issuer: cluster.issuer,
    tls: cluster.tls,
    caBundle: cluster.caBundle,
    ownRegistries: cluster.ownRegistries,
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

/** Addresses of the API server where the settings name none. */
const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

function dnsServers({ namespace, labels, ports, cidrs }: ClusterSettings["dns"]): DnsServers[] {
  const pods: DnsServers = { peer: { kind: "pods", name: "dns", namespace, labels, managed: false }, ports };
  return cidrs.length === 0 ? [pods] : [pods, { peer: { kind: "range", name: "dns-cache", cidrs }, ports: [53] }];
}

function siteOf({ registryMirrors, imagePullSecrets, caBundle, tls }: ClusterSettings): Site | undefined {
  const site: Site = {
    ...(Object.keys(registryMirrors).length === 0 ? {} : { registryMirrors }),
    ...(imagePullSecrets.length === 0 ? {} : { imagePullSecrets }),
    ...(caBundle === undefined ? {} : { caBundle: bundleId(caBundle) }),
    ...(tls ? { tls } : {}),
  };
  return Object.keys(site).length === 0 ? undefined : site;
}

/** Tolerations of pods in some pools, for the own taints of the pools' nodes. */
function tolerations(definitions: PoolSettings, pools: readonly string[]): Pick<PodGroup, "tolerations"> {
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
  { replicas, cpu, memory, setting }: Size & { readonly setting?: SizeSetting },
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
    ...(setting === undefined ? {} : { setting }),
    ...(site === undefined || origin === "existing" ? {} : { site }),
    ...(origin === "existing" ? {} : { priorityClass, ...(lifetime === "always" ? { surge: SURGE } : {}) }),
  };
}

/** The chosen pools alone; without a choice the default pool and its fallbacks. */
function poolsFor(definitions: PoolSettings, choice?: readonly string[]): readonly string[] {
  if (choice !== undefined) return choice;
  const found = new Set<string>();
  let next = Object.keys(definitions).find((name) => definitions[name]?.default);
  while (next !== undefined && !found.has(next)) {
    found.add(next);
    next = definitions[next]?.fallback;
  }
  return [...found];
}
