import { canonical, isObject } from "../../compare";
import { at, few, gained, type HarmRule, items, texts, word } from "./rule";

/** Changes after which more can be reached, or a pod may do more on its node. */

/** A way that a network policy opens. */
interface Way {
  readonly direction: "in from" | "out to";
  readonly peer: string;
  readonly port: string;
}

const ANYWHERE = "anywhere";
const ANY_PORT = "any port";

function ways(policy: unknown): Way[] {
  return (["ingress", "egress"] as const).flatMap((key) => {
    const direction = key === "ingress" ? "in from" : "out to";
    return items(at(policy, "spec", key)).flatMap((rule) => {
      const peers = items(at(rule, key === "ingress" ? "from" : "to")).map(peerText);
      const ports = items(at(rule, "ports")).map(
        (port) => `${word(at(port, "protocol"), "TCP")} ${word(at(port, "port"), ANY_PORT)}`,
      );
      return (peers.length === 0 ? [ANYWHERE] : peers).flatMap((peer) =>
        (ports.length === 0 ? [ANY_PORT] : ports).map((port) => ({ direction, peer, port }) as const),
      );
    });
  });
}

const wayText = ({ direction, peer, port }: Way) => `${direction} ${peer} on ${port}`;

/** Whether a way was open already, by itself or as a part of a wider one. */
const wasOpen = (before: readonly Way[], { direction, peer, port }: Way) =>
  before.some(
    (way) =>
      way.direction === direction &&
      (way.peer === peer || way.peer === ANYWHERE || (way.peer === "0.0.0.0/0" && /^[\d.]+\/\d+$/.test(peer))) &&
      (way.port === port || way.port === ANY_PORT),
  );

function peerText(peer: unknown): string {
  const cidr = at(peer, "ipBlock", "cidr");
  if (typeof cidr === "string") return cidr;
  const labels = (of: unknown) => (isObject(of) ? Object.values(at(of, "matchLabels") ?? {}).map(String) : []);
  const pods = labels(at(peer, "podSelector"));
  const spaces = labels(at(peer, "namespaceSelector"));
  const all =
    at(peer, "namespaceSelector") === undefined
      ? ""
      : spaces.length === 0
        ? " of every namespace"
        : ` of ${spaces.join("/")}`;
  return `${pods.length === 0 ? "every pod" : [...new Set(pods)].join("/")}${all}`;
}

const WIDE = /anywhere|every pod of every namespace|0\.0\.0\.0\/0|::\/0|any port/;

const network: HarmRule = {
  severity: "access",
  kinds: ["NetworkPolicy"],
  *harms({ change: { action }, before, after }) {
    const types = (of: unknown) => texts(at(of, "spec", "policyTypes"));
    if (action === "delete") {
      // Policies add up: without this one, what no other selects is open.
      if (ways(before).length === 0) yield `no longer denies ${types(before).join(" and ").toLowerCase()} by default`;
      return;
    }
    const was = ways(before);
    const opened = ways(after)
      .filter((way) => !wasOpen(was, way))
      .map(wayText);
    const more = gained([], opened).filter((way) => action !== "create" || WIDE.test(way));
    if (more.length > 0) yield `opens a way ${few(more, 3)}`;
    if (action === "create") return;
    const open = gained(types(after), types(before));
    if (open.length > 0) yield `no longer denies ${open.join(" and ").toLowerCase()}`;
    const selector = (of: unknown) => at(of, "spec", "podSelector");
    if (canonical(selector(before)) !== canonical(selector(after))) yield "is about other pods now";
  },
};

const services: HarmRule = {
  severity: "access",
  kinds: ["Service"],
  *harms({ before, after }) {
    const type = (of: unknown) => word(at(of, "spec", "type"), "ClusterIP");
    if (type(after) !== type(before) && /NodePort|LoadBalancer/.test(type(after)) && after !== undefined)
      yield `can be reached from outside of the cluster (${type(after)})`;
  },
};

const ingresses: HarmRule = {
  severity: "access",
  kinds: ["Ingress", "HTTPRoute", "GRPCRoute", "TLSRoute"],
  *harms({ change: { action } }) {
    if (action === "create") yield "can be reached from outside of the cluster";
  },
};

const LEVELS = ["restricted", "baseline", "privileged"];

const namespaces: HarmRule = {
  severity: "access",
  kinds: ["Namespace"],
  *harms({ change: { action }, before, after }) {
    if (action === "create" || action === "delete") return;
    const level = (of: unknown) =>
      word(at(of, "metadata", "labels", "pod-security.kubernetes.io/enforce"), "privileged");
    if (LEVELS.indexOf(level(after)) > LEVELS.indexOf(level(before)))
      yield `admits ${level(after)} pods, not only ${level(before)} ones`;
  },
};

/** Fields of a pod, the values that make it less safe, and what these mean. */
const POD: readonly {
  readonly path: RegExp;
  readonly unsafe: (after: unknown, before: unknown) => boolean;
  readonly what: string;
}[] = [
  { path: /\.privileged$/, unsafe: (after) => after === true, what: "is privileged" },
  { path: /\.allowPrivilegeEscalation$/, unsafe: (after) => after !== false, what: "may gain privileges" },
  { path: /\.runAsNonRoot$/, unsafe: (after) => after !== true, what: "may run as root" },
  { path: /\.runAsUser$/, unsafe: (after) => after === 0, what: "runs as root" },
  { path: /\.readOnlyRootFilesystem$/, unsafe: (after) => after !== true, what: "may write to its root file system" },
  {
    path: /\.(hostNetwork|hostPID|hostIPC)$/,
    unsafe: (after) => after === true,
    what: "shares its node's network or processes",
  },
  { path: /\.hostPath(\.|$)/, unsafe: (after) => after !== undefined, what: "mounts a folder of its node" },
  { path: /\.capabilities\.add/, unsafe: (after) => after !== undefined, what: "has more capabilities" },
  { path: /\.capabilities\.drop/, unsafe: (after) => after === undefined, what: "keeps capabilities" },
  {
    path: /\.seccompProfile(\.type)?$/,
    unsafe: (after) => after !== "RuntimeDefault",
    what: "runs without a seccomp profile",
  },
  { path: /\.securityContext$/, unsafe: (after) => after === undefined, what: "has no security context" },
  { path: /\.automountServiceAccountToken$/, unsafe: (after) => after === true, what: "has a token of the API server" },
];

const pods: HarmRule = {
  severity: "access",
  *harms({ change: { fields } }) {
    for (const { path, before, after } of fields)
      for (const { path: rule, unsafe, what } of POD)
        if (rule.test(path) && unsafe(after, before)) yield `${what}: ${path}`;
  },
};

const ENCRYPTION = /(^|[.[])(tls|ssl|https|sslmode|sslMode|verify|tlsVerify|enableTls|minioSsl|enabledTls)"?\]?$/;
const SSL_MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

const encryption: HarmRule = {
  severity: "access",
  *harms({ change: { fields } }) {
    for (const { path, before, after } of fields) {
      if (!ENCRYPTION.test(path)) continue;
      const weaker =
        SSL_MODES.indexOf(String(after)) < SSL_MODES.indexOf(String(before)) && SSL_MODES.includes(String(before));
      if ((before === true && after !== true) || weaker) yield `is no longer encrypted as before: ${path}`;
    }
  },
};

export const exposureRules: readonly HarmRule[] = [network, services, ingresses, namespaces, pods, encryption];
