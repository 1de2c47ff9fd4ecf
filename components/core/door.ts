import { serviceHost } from "./endpoint";

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
}

/** `http://trino.lakehouse-query.svc:8080`, as it is inside of the cluster. */
export const doorUrl = ({ scheme = "http", service, namespace, port }: Door): string =>
  `${scheme}://${serviceHost(service, namespace)}:${String(port)}`;

/** `trino.lakehouse-query.svc:8443` of each door that speaks TLS alone. */
export const secureHosts = (doors: readonly Door[]): string[] =>
  doors
    .filter(({ scheme, tls = scheme === "https" }) => tls)
    .map(({ service, namespace, port }) => `${serviceHost(service, namespace)}:${String(port)}`);

/** The kubectl command that makes it reachable on a user's own machine. */
export const forwardCommand = ({ namespace, service, port }: Door): string =>
  `kubectl -n ${namespace} port-forward svc/${service} ${String(port)}`;
