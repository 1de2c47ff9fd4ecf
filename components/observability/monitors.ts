import { type Endpoint, type PodPeer, podsEndpoint } from "../core/endpoint";
import type { LinkArgs } from "../core/link";
import type { Scrape } from "../core/monitoring";
import { groupName } from "../core/pod-group";
import type { Watched } from "./rules";

/** How often metrics are read. */
const INTERVAL = "30s";

/** A monitor without its labels. */
export interface Monitor {
  readonly kind: "PodMonitor" | "ServiceMonitor";
  readonly name: string;
  readonly role: string;
  readonly spec: object;
}

const portName = (service: string, scrape: Scrape) => `${groupName({ service, role: scrape.role })}-${scrape.portName}`;

/** Monitors in the namespace of the pods: the Secret of a scrape is read there. */
export const monitors = (watched: Watched): Monitor[] => [...podMonitors(watched), ...serviceMonitors(watched)];

/** One PodMonitor for each role. */
function podMonitors(watched: Watched): Monitor[] {
  const { service } = watched;
  const scrapes = (watched.monitoring?.scrapes ?? []).filter(({ secured }) => secured === undefined);
  return [...new Set(scrapes.map((scrape) => scrape.role))].map((role) => ({
    kind: "PodMonitor",
    name: groupName({ service, role }),
    role,
    spec: {
      // `job` becomes the service; `pod` and `namespace` are labels of every series anyway.
      jobLabel: "app.kubernetes.io/name",
      podTargetLabels: ["app.kubernetes.io/component"],
      // The labels that the service names: charts label their pods in their own way.
      selector: { matchLabels: watched.peer(role).labels },
      podMetricsEndpoints: scrapes
        .filter((scrape) => scrape.role === role)
        .map((scrape, _, all) => endpoint(scrape, all)),
    },
  }));
}

/** The scraper shows its own token: only a ServiceMonitor can name its file. Nobody else has signed the certificate. */
function serviceMonitors({ service, monitoring }: Watched): Monitor[] {
  return (monitoring?.scrapes ?? []).flatMap(({ role, path = "/metrics", secured }) => {
    if (secured === undefined) return [];
    const endpoint = {
      port: secured.portName,
      path,
      interval: INTERVAL,
      scheme: "https",
      bearerTokenFile: "/var/run/secrets/kubernetes.io/serviceaccount/token",
      tlsConfig: { insecureSkipVerify: true },
    };
    const spec = {
      jobLabel: "app.kubernetes.io/name",
      selector: { matchLabels: secured.labels },
      endpoints: [endpoint],
    };
    return [{ kind: "ServiceMonitor", name: groupName({ service, role }), role, spec }];
  });
}

function endpoint(
  {
    portName: port,
    port: number,
    path = "/metrics",
    target,
    ownLabels = false,
    basicAuthSecret: name,
    ...ways
  }: Scrape,
  all: readonly Scrape[],
): object {
  const { tls, https, token } = ways;
  return {
    port,
    path,
    interval: INTERVAL,
    ...(ownLabels ? { honorLabels: true } : {}),
    ...(target === undefined
      ? {}
      : { params: { target: [target] }, relabelings: [{ sourceLabels: ["__param_target"], targetLabel: "instance" }] }),
    ...(name === undefined
      ? {}
      : { basicAuth: { username: { name, key: "username" }, password: { name, key: "password" } } }),
    ...(tls === undefined ? {} : signedIn(tls, number)),
    ...(https === undefined
      ? {}
      : {
          scheme: "https",
          tlsConfig: { ca: { secret: { name: https.secret, key: "ca.crt" } }, serverName: https.serverName },
        }),
    ...(token === undefined ? {} : { authorization: { credentials: { name: token.secret, key: token.key } } }),
    // Two paths of one port would otherwise write the same series `up`.
    ...(target === undefined && all.filter((other) => other.portName === port).length > 1
      ? { relabelings: [{ sourceLabels: ["__metrics_path__"], targetLabel: "metrics_path" }] }
      : {}),
  };
}

/** The scraper knows pods by their names, and shows its certificate. */
function signedIn({ secret: name, host, serverName }: NonNullable<Scrape["tls"]>, port: number): object {
  const of = (key: string) => ({ name, key });
  return {
    scheme: "https",
    tlsConfig: { ca: { secret: of("ca.crt") }, cert: { secret: of("tls.crt") }, keySecret: of("tls.key"), serverName },
    relabelings: [
      {
        sourceLabels: ["__meta_kubernetes_pod_name"],
        targetLabel: "__address__",
        replacement: `${host}:${String(port)}`,
      },
    ],
  };
}

/** Connections of the scraper to the metrics ports of a service: one a port, however many paths are read from it. */
export function scrapeLinks(service: Watched, scraper: PodPeer): LinkArgs[] {
  const endpoints = new Map<string, Endpoint>();
  for (const scrape of service.monitoring?.scrapes ?? []) {
    const peer = service.peer(scrape.role);
    const name = portName(service.service, scrape);
    const { port } = scrape;
    const { tls, secured, https } = scrape;
    const scheme = tls === undefined && secured === undefined && https === undefined ? "http" : "https";
    endpoints.set(`${peer.name}:${String(port)}`, { ...podsEndpoint(peer, [port], scheme), name });
  }
  return [...endpoints.values()].map((to) => ({ from: scraper, to }));
}
