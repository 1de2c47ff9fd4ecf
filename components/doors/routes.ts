import type { GatewaySettings } from "../cluster/gateway";
import type { Certified } from "../core/certificates";
import { type Door, routeOf } from "../core/door";

/** Objects of Gateway API and Ingresses that lead to doors. Pure. */

const GROUP = "gateway.networking.k8s.io";
const API = `${GROUP}/v1`;
const PORT = 443;
/** What the API server's own controllers and cloud providers read of a Service: who may come to its load balancer. */
const RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges";

/** A door with the name at which people reach it. */
export interface HostedDoor extends Door {
  readonly host: string;
}

/** A custom resource without its labels. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec: object;
}

const KINDS = { http: "HTTPRoute", grpc: "GRPCRoute", tls: "TLSRoute" } as const;

/** A door's way, which the settings' rules have found to exist. */
function way(door: Door): keyof typeof KINDS {
  const found = routeOf(door);
  if (found === undefined) throw new Error(`${door.name} has no route: ${door.kind}`);
  return found;
}

const routeName = ({ name }: Door) => `door-${name}`;

/** Where the certificate of a door is; undefined where its program has one of its own, or the Gateway's owner has it. */
export function certificateOf(
  door: HostedDoor,
  gateway: GatewaySettings,
): (Certified & { readonly namespace: string }) | undefined {
  if (gateway.mode === "existing" && gateway.listener !== undefined) return undefined;
  if (gateway.mode !== "ingress" && way(door) === "tls") return undefined;
  const namespace = gateway.mode === "deployed" ? placeOf(gateway) : door.namespace;
  return { commonName: door.host, secretName: routeName(door), dnsNames: [door.host], namespace };
}

/** The Gateway's namespace, which the settings' rules ask for. */
function placeOf({ namespace, mode }: GatewaySettings): string {
  if (namespace === undefined) throw new Error(`a Gateway has no namespace: ${mode}`);
  return namespace;
}

/** One listener: it ends TLS by the door's certificate, or passes it on to a program that speaks TLS itself. */
function listener(door: HostedDoor) {
  const tls = way(door) === "tls";
  return {
    name: door.name,
    hostname: door.host,
    port: PORT,
    protocol: tls ? "TLS" : "HTTPS",
    tls: tls
      ? { mode: "Passthrough" }
      : { mode: "Terminate", certificateRefs: [{ group: "", kind: "Secret", name: routeName(door) }] },
  };
}

const kindsOf = (door: Door) => [{ group: GROUP, kind: KINDS[way(door)] }];

/** The Gateway that the stack makes, with a listener for each door. */
export function gatewayOf(doors: readonly HostedDoor[], gateway: GatewaySettings): Resource {
  const { name, class: gatewayClassName, ranges } = gateway;
  const bounded = ranges.length === 0 ? {} : { infrastructure: { annotations: { [RANGES]: ranges.join(",") } } };
  return {
    apiVersion: API,
    kind: "Gateway",
    name,
    namespace: placeOf(gateway),
    spec: {
      gatewayClassName,
      ...bounded,
      listeners: doors.map((door) => ({
        ...listener(door),
        allowedRoutes: {
          kinds: kindsOf(door),
          // Nobody else's namespace takes a door's name.
          namespaces: {
            from: "Selector",
            selector: { matchLabels: { "kubernetes.io/metadata.name": door.namespace } },
          },
        },
      })),
    },
  };
}

/** A door's own listener at a Gateway of the cluster. */
export function listenerSetOf(door: HostedDoor, gateway: GatewaySettings): Resource {
  return {
    apiVersion: API,
    kind: "ListenerSet",
    name: routeName(door),
    namespace: door.namespace,
    spec: {
      parentRef: { group: GROUP, kind: "Gateway", name: gateway.name, namespace: placeOf(gateway) },
      listeners: [{ ...listener(door), allowedRoutes: { kinds: kindsOf(door), namespaces: { from: "Same" } } }],
    },
  };
}

/** The route from the listener to the Service. */
export function gatewayRoute(door: HostedDoor, gateway: GatewaySettings): Resource {
  const kind = way(door);
  const own = gateway.mode === "existing" && gateway.listener === undefined;
  const parent = own
    ? { group: GROUP, kind: "ListenerSet", name: routeName(door), sectionName: door.name }
    : {
        group: GROUP,
        kind: "Gateway",
        name: gateway.name,
        namespace: placeOf(gateway),
        sectionName: gateway.mode === "existing" ? gateway.listener : door.name,
      };
  const backendRefs = [{ group: "", kind: "Service", name: door.service, port: door.port, weight: 1 }];
  return {
    apiVersion: API,
    kind: KINDS[kind],
    name: routeName(door),
    namespace: door.namespace,
    annotations: reasonOf(door),
    spec: {
      parentRefs: [parent],
      hostnames: [door.host],
      // Gateways end requests after seconds where nobody says otherwise: an upload or a long answer takes longer.
      rules: [{ backendRefs, ...(kind === "http" ? { timeouts: { request: "0s" } } : {}) }],
    },
  };
}

/** Why pods that hold data are reached from outside, for the policies. */
export const reasonOf = ({ name, signIn }: Door): Record<string, string> => ({
  "lakehouse.dev/exposed-reason": `lakehouse:doors.${name}; signs in: ${signIn ?? "nobody"}`,
});

/** Annotations and `spec` of an Ingress. */
export function ingressOf(door: HostedDoor, gateway: GatewaySettings) {
  const { class: ingressClassName, annotations, tlsAnnotations } = gateway;
  return {
    name: routeName(door),
    namespace: door.namespace,
    annotations: { ...reasonOf(door), ...annotations, ...(way(door) === "tls" ? tlsAnnotations : {}) },
    spec: {
      ...(ingressClassName === undefined ? {} : { ingressClassName }),
      tls: [{ hosts: [door.host], secretName: routeName(door) }],
      rules: [
        {
          host: door.host,
          http: {
            paths: [
              {
                path: "/",
                pathType: "Prefix",
                backend: { service: { name: door.service, port: { number: door.port } } },
              },
            ],
          },
        },
      ],
    },
  };
}
