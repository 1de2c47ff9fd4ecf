import { platform } from "../../cluster/platform";
import { type Door, routeOf } from "../../core/door";
import { suggestion } from "../../fields/mistakes";
import { allDoors, stackDoors } from "../../facts";
import type { Rule } from "../rule";
import type { Settings } from "../schema";

const GATEWAY = "lakehouse:cluster.gateway";

/** Doors are open to the outside only by a name, over TLS, and to those who sign in. */
export const openDoors: Rule = function* (settings) {
  const ground = platform(settings);
  const names = allDoors(ground, settings).map(({ name }) => name);
  const there = new Map(stackDoors(ground, settings).map((door) => [door.name, door]));
  const { doors, allow } = settings;
  const hosts = new Map<string, string>();
  for (const [name, { host, url }] of Object.entries(doors)) {
    const path = `lakehouse:doors.${name}`;
    if (!names.includes(name)) {
      yield { path, message: noDoor(name, names) };
      continue;
    }
    if ((host === undefined) === (url === undefined))
      yield {
        path,
        message: `given ${host === undefined ? "neither host nor url" : "both host and url"}; allowed: host, where cluster.gateway leads there, or url, where something else does`,
      };
    if (host === undefined) continue;
    const other = hosts.get(host);
    if (other !== undefined)
      yield { path: `${path}.host`, message: `given ${host}, which is that of ${other}; allowed: a name of its own` };
    hosts.set(host, name);
    const door = there.get(name);
    if (door !== undefined) yield* reached(door, settings);
  }
  if (hosts.size > 0) yield* ways(settings);
  const clients = new Set<string>();
  for (const [at, { name, namespace, to }] of allow.entries()) {
    const path = `lakehouse:allow[${String(at)}]`;
    if (!names.includes(to)) yield { path: `${path}.to`, message: noDoor(to, names) };
    if (namespace.startsWith(`${settings.cluster.namespacePrefix}-`))
      yield {
        path: `${path}.namespace`,
        message: `given ${namespace}, which is the stack's own; allowed: other namespaces, since its services have the links that they need`,
      };
    const client = `${name ?? namespace} ${to}`;
    if (clients.has(client))
      yield { path: `${path}.name`, message: `given ${name ?? namespace} twice for ${to}; allowed: a name for each` };
    clients.add(client);
  }
};

const noDoor = (name: string, names: readonly string[]) =>
  `given ${name}, no door of a stack${suggestion(name, names)}; allowed: ${names.toSorted().join(", ")}`;

/** Whether the gateway can lead to a door, and may. */
function* reached(door: Door, { doors, cluster: { gateway } }: Settings) {
  const { name, kind, signIn } = door;
  const path = `lakehouse:doors.${name}`;
  const route = routeOf(door);
  if (route === undefined)
    yield {
      path: `${path}.host`,
      message: `given for ${kind}, which has no names of hosts to tell it by; allowed: lakehouse:allow for clients in the cluster, or url`,
    };
  if (gateway.mode === "ingress" && route === "grpc")
    yield {
      path: `${path}.host`,
      message: `given for gRPC, which Ingresses do not know; allowed: ${GATEWAY}.mode existing or deployed, or url`,
    };
  if (gateway.mode === "ingress" && route === "tls" && gateway.tlsAnnotations === undefined)
    yield {
      path: `${path}.host`,
      message: `given for a program that speaks TLS, to which each class of Ingresses has a way of its own; allowed: ${GATEWAY}.tlsAnnotations, ${GATEWAY}.mode existing or deployed, or url`,
    };
  if (gateway.mode === "existing" && gateway.listener !== undefined && route === "tls")
    yield {
      path: `${path}.host`,
      message: `given for a program that speaks TLS itself, which a listener for HTTPS ends; allowed: no ${GATEWAY}.listener, so that the door brings one that passes it through, or url`,
    };
  if (signIn === undefined && doors[name]?.anyone !== true)
    yield {
      path: `${path}.host`,
      message: `given, but nobody signs in at ${name}; allowed: a sign-in where the system has one, or ${path}.anyone: true, where everybody who reaches the gateway may use it`,
    };
}

/** What the gateway's mode needs for doors with a host. */
function* ways({ cluster }: Settings) {
  const { gateway, issuer, certManager } = cluster;
  const { mode, proxies } = gateway;
  if (mode === "off") {
    yield {
      path: `${GATEWAY}.mode`,
      message: "given off, but doors have a host; allowed: existing, deployed or ingress, or url in place of host",
    };
    return;
  }
  const needs = (key: "class" | "namespace") =>
    gateway[key] === undefined
      ? [{ path: `${GATEWAY}.${key}`, message: `not given; allowed: a name, because the mode is ${mode}` }]
      : [];
  if (mode !== "existing") yield* needs("class");
  if (mode !== "ingress") yield* needs("namespace");
  if ((proxies.labels === undefined) === (proxies.cidrs.length === 0))
    yield {
      path: `${GATEWAY}.proxies`,
      message: `given ${proxies.labels === undefined ? "neither labels nor cidrs" : "both labels and cidrs"}; allowed: labels of the pods that requests come from, or cidrs`,
    };
  if (proxies.labels !== undefined && proxies.namespace === undefined && mode === "ingress")
    yield {
      path: `${GATEWAY}.proxies.namespace`,
      message: "not given; allowed: the namespace of the controller's pods",
    };
  if (gateway.ranges.length > 0 && mode !== "deployed")
    yield {
      path: `${GATEWAY}.ranges`,
      message: `given with the mode ${mode}; allowed: none, since its owner bounds it, or ${GATEWAY}.annotations of Ingresses`,
    };
  if ((issuer === undefined || !certManager) && !(mode === "existing" && gateway.listener !== undefined))
    yield {
      path: `${GATEWAY}.mode`,
      message: `given ${mode}, whose doors need certificates; allowed: cert-manager with lakehouse:cluster.certManager: true and lakehouse:cluster.issuer${mode === "existing" ? `, or ${GATEWAY}.listener with its owner's` : ""}`,
    };
}
