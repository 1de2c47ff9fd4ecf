import { ofKind, type StackObject } from "../components/core/composition";
import { type PolicyObject, selects } from "./kubernetes";
import type { Pod } from "./workloads";

/** Ways of the stack's policies between pods, and to the internet. */
export interface Ways {
  /** Pods that each pod may connect to, by name. */
  readonly servers: ReadonlyMap<string, ReadonlySet<Pod>>;
  /** Pods that may connect to addresses outside. */
  readonly outside: ReadonlySet<string>;
}

const NAMESPACE = "kubernetes.io/metadata.name";
/** Kubernetes' API server is outside of the pods, but there is none here. */
const API_SERVER = "-to-api-server";

/** From the policies that allow a pod to connect: nothing else is allowed in a cluster either. */
export function waysOf(objects: readonly StackObject[], pods: readonly Pod[]): Ways {
  const servers = new Map<string, Set<Pod>>(pods.map(({ name }) => [name, new Set()]));
  const outside = new Set<string>();
  for (const { metadata, spec } of ofKind<PolicyObject>(objects, "NetworkPolicy")) {
    const clients = pods.filter(
      (pod) => pod.namespace === metadata.namespace && selects(spec.podSelector.matchLabels, pod.labels),
    );
    for (const peer of (spec.egress ?? []).flatMap(({ to = [] }) => to)) {
      const to = pods.filter(
        (pod) =>
          peer.podSelector !== undefined &&
          pod.namespace === peer.namespaceSelector?.matchLabels?.[NAMESPACE] &&
          selects(peer.podSelector.matchLabels, pod.labels),
      );
      for (const client of clients) {
        for (const server of to) servers.get(client.name)?.add(server);
        if (peer.ipBlock !== undefined && !metadata.name.endsWith(API_SERVER)) outside.add(client.name);
      }
    }
  }
  return { servers, outside };
}

/** Published ports have a network of their own, as those of the stack have no way out. */
export const DOORS = "doors";
export const OUTSIDE = "outside";

/** The service that a pod belongs to: `trino` of coordinator and workers. */
export const serviceOf = ({ labels, name }: Pod): string => labels["app.kubernetes.io/name"] ?? name;

/**
 * Networks of a pod, each with the names that it has there. There is one for each server that has clients: a client finds and
 * reaches those servers only that its policies allow.
 */
export function networksOf(
  pod: Pod,
  pods: readonly Pod[],
  ways: Ways,
  isDoor: boolean,
): Map<string, readonly string[]> {
  const networks = new Map<string, readonly string[]>();
  const isServer = pods.some((one) => ways.servers.get(one.name)?.has(pod) === true);
  if (isServer) networks.set(serviceOf(pod), pod.aliases);
  for (const server of ways.servers.get(pod.name) ?? [])
    if (!networks.has(serviceOf(server))) networks.set(serviceOf(server), []);
  if (isDoor) networks.set(DOORS, []);
  if (ways.outside.has(pod.name)) networks.set(OUTSIDE, []);
  return networks;
}

export interface Network {
  readonly internal?: boolean;
  readonly driver_opts?: Readonly<Record<string, string>>;
}

/** The stack's networks have no way out; doors let requests in, but nothing out, nor across. */
export function networkOptions(name: string): Network {
  if (name === OUTSIDE) return {};
  if (name !== DOORS) return { internal: true };
  return {
    driver_opts: {
      "com.docker.network.bridge.enable_ip_masquerade": "false",
      "com.docker.network.bridge.enable_icc": "false",
    },
  };
}
