import type { Registered } from "./runner";

/** Builders of compliant parts of stacks. */

export type Json = Record<string, unknown>;

export function labels(name: string, more: Record<string, string> = {}): Record<string, string> {
  return {
    "app.kubernetes.io/name": name,
    "app.kubernetes.io/instance": name,
    "app.kubernetes.io/version": "1.2.3",
    "app.kubernetes.io/component": name,
    "app.kubernetes.io/part-of": "shop",
    "app.kubernetes.io/managed-by": "pulumi",
    ...more,
  };
}

export const named = (name: string) => ({ "app.kubernetes.io/name": name });

export function object(type: string, namespace: string | undefined, name: string, props: Json): Registered {
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }), ...(props.metadata as Json | undefined) };
  return {
    type: `kubernetes:${type}`,
    name: namespace === undefined ? name : `${namespace}/${name}`,
    props: { ...props, metadata },
  };
}

export const SECURE = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};
export const POD_SECURITY = { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } };

export const pool = (name: string) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: "lakehouse.dev/pool", operator: "In", values: [name] }] }],
    },
  },
});

export const size = (cpu: string, memory: string) => ({ requests: { cpu, memory }, limits: { cpu, memory } });

const SCRATCH = "64Mi";
const scratch = ({ requests, limits }: ReturnType<typeof size>) => ({
  requests: { ...requests, "ephemeral-storage": SCRATCH },
  limits,
});

export interface ServiceArgs {
  readonly replicas?: number;
  readonly env?: Json[];
  readonly token?: boolean;
  readonly volumes?: Json[];
}

/** A Deployment with its Service, account and disruption budget; port 80 is container port 8080. */
export function service(namespace: string, name: string, args: ServiceArgs = {}): Registered[] {
  const { replicas = 2, env = [], token = false, volumes = [] } = args;
  const probe = { httpGet: { path: "/healthz", port: 8080 } };
  const container = {
    name,
    image: `ghcr.io/shop/${name}:1.2.3`,
    env,
    ports: [{ name: "http", containerPort: 8080 }],
    resources: scratch(size("500m", "1Gi")),
    securityContext: SECURE,
    livenessProbe: probe,
    readinessProbe: probe,
  };
  const spec = {
    serviceAccountName: name,
    automountServiceAccountToken: token,
    securityContext: POD_SECURITY,
    affinity: pool("general"),
    containers: [container],
    volumes: [{ name: "tmp", emptyDir: { sizeLimit: SCRATCH } }, ...volumes],
  };
  const selector = { matchLabels: named(name) };
  const apart = { maxSkew: 1, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" };
  const topologySpreadConstraints = [{ ...apart, labelSelector: selector }];
  const template = { metadata: { labels: labels(name) }, spec: { ...spec, topologySpreadConstraints } };
  return [
    object("apps/v1:Deployment", namespace, name, { spec: { replicas, selector, template } }),
    object("core/v1:Service", namespace, name, {
      metadata: { labels: labels(name) },
      spec: { selector: named(name), ports: [{ name: "web", port: 80, targetPort: "http" }] },
    }),
    object("core/v1:ServiceAccount", namespace, name, {}),
    object("policy/v1:PodDisruptionBudget", namespace, name, { spec: { maxUnavailable: 1, selector } }),
  ];
}

export function networkPolicy(namespace: string, name: string, spec: Json, annotations: Json = {}): Registered {
  return object("networking.k8s.io/v1:NetworkPolicy", namespace, name, { metadata: { annotations }, spec });
}

const podPeer = (namespace: string, matchLabels: Json) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
  podSelector: { matchLabels },
});

export interface Pods {
  readonly namespace: string;
  readonly name: string;
  readonly labels?: Record<string, string>;
  /** False for an unmanaged namespace, which gets no policy. */
  readonly ours?: boolean;
}

/** The policies of both sides of a connection. */
export function link(from: Pods, to: Pods, ...numbers: number[]): Registered[] {
  const ports = numbers.map((port) => ({ port, protocol: "TCP" }));
  const select = ({ name, labels: own }: Pods) => own ?? named(name);
  const egress = networkPolicy(from.namespace, `${from.name}-to-${to.name}`, {
    podSelector: { matchLabels: select(from) },
    policyTypes: ["Egress"],
    egress: [{ to: [podPeer(to.namespace, select(to))], ports }],
  });
  const ingress = networkPolicy(to.namespace, `${to.name}-from-${from.name}`, {
    podSelector: { matchLabels: select(to) },
    policyTypes: ["Ingress"],
    ingress: [{ from: [podPeer(from.namespace, select(from))], ports }],
  });
  return [...(from.ours === false ? [] : [egress]), ...(to.ours === false ? [] : [ingress])];
}

export function apiServer({ namespace, name, labels: own }: Pods): Registered {
  return networkPolicy(
    namespace,
    `${name}-to-api-server`,
    {
      podSelector: { matchLabels: own ?? named(name) },
      policyTypes: ["Egress"],
      egress: [{ to: [{ ipBlock: { cidr: "10.0.0.1/32" } }], ports: [{ port: 443, protocol: "TCP" }] }],
    },
    { "lakehouse.dev/api-server": "true" },
  );
}

/** A namespace with default deny, DNS and a quota. */
export function namespace(
  name: string,
  quotas: Json[] = [{ hard: { "requests.memory": "64Gi", "pods": "50" } }],
): Registered[] {
  const everything = { podSelector: {}, policyTypes: ["Ingress", "Egress"] };
  const ports = ["UDP", "TCP"].map((protocol) => ({ port: 53, protocol }));
  const dns = { to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } }], ports };
  return [
    object("core/v1:Namespace", undefined, name, {}),
    networkPolicy(name, "default-deny", everything),
    networkPolicy(name, "dns", { podSelector: {}, policyTypes: ["Egress"], egress: [dns] }),
    ...quotas.map((spec, index) => object("core/v1:ResourceQuota", name, `quota-${String(index)}`, { spec })),
    object("core/v1:LimitRange", name, "defaults", { spec: { limits: [] } }),
  ];
}
