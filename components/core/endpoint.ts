import type { Labels } from "./labels";

/** Pods that take part in a connection. */
export interface PodPeer {
  readonly kind: "pods";
  /** Name in connections and their policies: `trino-worker`. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  /**
   * True where the namespace denies by default, so that this side needs a policy. In an open namespace of somebody else a policy
   * would cut off all other connections, so none is rendered.
   */
  readonly managed: boolean;
}

/** Addresses (CIDR ranges) that take part in a connection and that no pod selector matches. */
export interface RangePeer {
  readonly kind: "range";
  readonly name: string;
  readonly cidrs: readonly string[];
  /** Why such a wide range is needed; the policy pack refuses `0.0.0.0/0` without one. */
  readonly reason?: string;
}

export type Peer = PodPeer | RangePeer;

export type Protocol = "TCP" | "UDP";

/** A named port that a service offers. Clients reach it through a Link only. */
export interface Endpoint {
  /** `hive-metastore-rest`: the service, and the port where it has several. */
  readonly name: string;
  /** Pods or addresses that serve it. */
  readonly peer: Peer;
  /** DNS name or address that clients use. */
  readonly host: string;
  readonly port: number;
  /** Ports of the containers behind it: network policies match these, not the Service's port. */
  readonly targetPorts: readonly number[];
  readonly protocol: Protocol;
  /** `http`, `thrift`, `postgresql`. */
  readonly scheme: string;
  /** Whether it speaks TLS alone. @default whether its scheme is `https` */
  readonly tls?: boolean;
}

export interface EndpointArgs {
  readonly name: string;
  readonly peer: PodPeer;
  /** Name of the Kubernetes Service. */
  readonly service: string;
  readonly port: number;
  /** @default port */
  readonly targetPort?: number;
  /** @default "http" */
  readonly scheme?: string;
  readonly tls?: boolean;
}

/** An endpoint behind a Kubernetes Service. */
export function serviceEndpoint(args: EndpointArgs): Endpoint {
  return {
    name: args.name,
    peer: args.peer,
    host: serviceHost(args.service, args.peer.namespace),
    port: args.port,
    targetPorts: [args.targetPort ?? args.port],
    protocol: "TCP",
    scheme: args.scheme ?? "http",
    ...(args.tls === true ? { tls: true } : {}),
  };
}

/** Pods that are reached by their address, without a Service: its clients learn it elsewhere. */
export function podsEndpoint(peer: PodPeer, targetPorts: readonly [number, ...number[]], scheme: string): Endpoint {
  return { name: peer.name, peer, host: peer.name, port: targetPorts[0], targetPorts, protocol: "TCP", scheme };
}

/** An endpoint outside of the cluster: port and scheme are those of its URL. */
export function outsideEndpoint(args: {
  readonly name: string;
  readonly url: string;
  /** Addresses of its host. */
  readonly cidrs: readonly string[];
  readonly reason: string;
}): Endpoint {
  const { name, cidrs, reason } = args;
  const { protocol, port: given, hostname } = new URL(args.url);
  const port = given === "" ? (protocol === "https:" ? 443 : 80) : Number(given);
  return {
    name,
    peer: { kind: "range", name, cidrs, reason },
    host: hostname,
    port,
    targetPorts: [port],
    protocol: "TCP",
    scheme: protocol.replace(":", ""),
  };
}

/** DNS name of a Service; without the cluster's domain, which differs between clusters. */
export function serviceHost(service: string, namespace: string): string {
  return `${service}.${namespace}.svc`;
}

/** Whether whoever listens on the way learns nothing of it. */
export const isSecure = ({ scheme, tls = scheme === "https" }: Partial<Pick<Endpoint, "scheme" | "tls">>): boolean =>
  tls;

/** A URL without a `/` at the end, so that paths can follow. */
export const bare = (text: string): string => text.replace(/\/+$/, "");

/** `http://trino.lakehouse-query.svc:8080` */
export function url(endpoint: Endpoint): string {
  return `${endpoint.scheme}://${endpoint.host}:${String(endpoint.port)}`;
}

/** Java's driver of PostgreSQL verifies the name by what the JVM trusts. */
export const POSTGRES_TLS = { sslmode: "verify-full", sslfactory: "org.postgresql.ssl.DefaultJavaSSLFactory" } as const;

/** `jdbc:postgresql://host:5432/database` */
export function postgresJdbc(endpoint: Endpoint, database: string): string {
  const query = isSecure(endpoint) ? `?${new URLSearchParams(POSTGRES_TLS).toString()}` : "";
  return `jdbc:postgresql://${endpoint.host}:${String(endpoint.port)}/${database}${query}`;
}
