import { isSecure, serviceHost } from "./endpoint";

/** An entry point of the stack: a web page for people, or a port for clients outside of the cluster. */
export interface Door {
  /** The service, `trino`, or one of its entry points, `flink-ui`. */
  readonly name: string;
  readonly kind:
    | "web"
    | "sql"
    | "postgresql"
    | "s3"
    | "iceberg-rest"
    | "thrift"
    | "kafka"
    | "mysql"
    | "redis"
    | "milvus"
    | "spark-connect";
  readonly namespace: string;
  /** Name of the Kubernetes Service. */
  readonly service: string;
  readonly port: number;
  /** @default "http" */
  readonly scheme?: string;
  /** Whether it speaks TLS alone. @default whether its scheme is `https` */
  readonly tls?: boolean;
  /** Path that answers 2xx to GET without a sign-in while it works. @default none: whether the port takes connections */
  readonly health?: string;
  /** Who may pass, such as `people and programs by password`; undefined where whoever reaches the port may use it. */
  readonly signIn: string | undefined;
  /** Pods behind the Service: their service in the stack, the Service's name where it is left out, and their role, all where it is left out. */
  readonly pods?: { readonly service?: string; readonly role?: string };
  /** Whether the stack has it, by the settings of its system. @default true */
  readonly there?: boolean;
}

/** How people outside of the cluster reach a door. */
export interface PublicDoor {
  /** Without a `/` at the end: `https://trino.example.org`. */
  readonly url: string;
  /** Of its URL: `trino.example.org`. */
  readonly host: string;
  /** What leads there: the cluster's gateway, its ingress controller, or something that the stack does not know. */
  readonly by: "gateway" | "ingress" | "elsewhere";
}

/** A system's settings with the URL at which people open one of its doors; without one nobody outside opens it. */
export type Opened<S> = S & { readonly url?: string };
export const opened = <S extends object>(settings: S, door: PublicDoor | undefined): Opened<S> =>
  door === undefined ? settings : { ...settings, url: door.url };

const HTTP = new Set<Door["kind"]>(["web", "sql", "s3", "iceberg-rest"]);
const GRPC = new Set<Door["kind"]>(["milvus", "spark-connect"]);

/**
 * How a gateway leads to a door. A program that speaks TLS itself keeps it, so that no hop is in the clear. Undefined for protocols
 * that no gateway tells apart by the name of a host.
 */
export function routeOf({ kind, scheme = "http" }: Pick<Door, "kind" | "scheme">): "http" | "grpc" | "tls" | undefined {
  if (HTTP.has(kind)) return scheme === "https" ? "tls" : "http";
  return GRPC.has(kind) ? "grpc" : undefined;
}

/** `http://trino.lakehouse-query.svc:8080`, as it is inside of the cluster. */
export const doorUrl = ({ scheme = "http", service, namespace, port }: Door): string =>
  `${scheme}://${serviceHost(service, namespace)}:${String(port)}`;

/** `trino.lakehouse-query.svc:8443` of each door that speaks TLS alone. */
export const secureHosts = (doors: readonly Door[]): string[] =>
  doors.filter(isSecure).map(({ service, namespace, port }) => `${serviceHost(service, namespace)}:${String(port)}`);

/** The kubectl command that makes it reachable on a user's own machine. */
export const forwardCommand = ({ namespace, service, port }: Door): string =>
  `kubectl -n ${namespace} port-forward svc/${service} ${String(port)}`;
