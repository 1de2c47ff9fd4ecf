import { registration } from "../components/cluster/registration";
import type { Node, Taint } from "../components/core/node";
import { mirrored } from "../components/core/site";
import type { Mistake } from "../components/fields/mistakes";
import type { Settings } from "../components/settings/schema";
import { clusterName, isLoopback, machines, nodesBehind, Unfit, type WayIn, waysIn } from "./description";
import { CERTS } from "./mirrors";
import { NODE_RELEASES, POD_SUBNET, SERVICE_SUBNET } from "./pins";

/** Fields of `kind.x-k8s.io/v1alpha4` that are used here. */
export interface KindCluster {
  readonly kind: "Cluster";
  readonly apiVersion: "kind.x-k8s.io/v1alpha4";
  readonly name: string;
  readonly networking: {
    readonly disableDefaultCNI?: boolean;
    readonly podSubnet?: string;
    readonly serviceSubnet?: string;
  };
  readonly nodes: readonly KindNode[];
}
export interface KindNode {
  readonly role: "control-plane" | "worker";
  readonly image: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly kubeadmConfigPatches?: readonly string[];
  readonly extraPortMappings?: readonly PortMapping[];
  readonly extraMounts?: readonly {
    readonly hostPath: string;
    readonly containerPath: string;
    readonly readOnly?: boolean;
  }[];
}
export interface PortMapping {
  readonly containerPort: number;
  readonly hostPort: number;
  readonly listenAddress: string;
  readonly protocol: "TCP";
}

/**
 * Address of the first control plane in the network of the pods. It registers first and gets the first subnet: traffic that comes in by its
 * NodePort reaches pods of other nodes from there.
 */
const FIRST_NODE = "10.244.0.0/32";

/**
 * A cluster of containers that has the nodes of the settings, and serves on loopback what Pulumi's providers are configured with.
 * @throws Unfit with everything that kind cannot do as the settings say
 */
export function kindCluster(settings: Settings, stack: string, hasMirrors = false): KindCluster {
  const { controlPlanes, workers } = machines(settings);
  const name = kindName(settings, stack);
  const { ports, mistakes } = mappings(settings);
  const wrong = [...nameMistakes(settings, name), ...mistakes];
  if (wrong.length > 0) throw new Unfit(wrong);
  const image = mirrored(NODE_RELEASES[settings.cluster.kubernetes].image, settings.cluster.registryMirrors);
  const mounts = hasMirrors ? [{ hostPath: "certs.d", containerPath: CERTS, readOnly: true }] : [];
  const node = (role: KindNode["role"], of: Node | undefined, first: boolean): KindNode => {
    const mapped = ports.filter(({ on }) => (on === "first" ? role === "control-plane" && first : on === of?.name));
    return {
      role,
      image,
      ...(of === undefined ? {} : registered(of)),
      ...(mapped.length === 0 ? {} : { extraPortMappings: mapped.map(({ mapping }) => mapping) }),
      ...(mounts.length === 0 ? {} : { extraMounts: mounts }),
    };
  };
  const first = controlPlanes.length === 0 ? [undefined] : controlPlanes;
  return {
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    name,
    networking: { disableDefaultCNI: true, podSubnet: POD_SUBNET, serviceSubnet: SERVICE_SUBNET },
    nodes: [
      ...first.map((each, at) => node("control-plane", each, at === 0)),
      ...workers.map((each) => node("worker", each, false)),
    ],
  };
}

/** Where Cluster API runs: it makes the machines of the other cluster as containers beside itself. */
export function managementCluster(settings: Settings, stack: string): KindCluster {
  const image = mirrored(NODE_RELEASES[settings.cluster.kubernetes].image, settings.cluster.registryMirrors);
  const socket = "/var/run/docker.sock";
  return {
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    name: `${clusterName(stack)}-management`,
    networking: {},
    nodes: [{ role: "control-plane", image, extraMounts: [{ hostPath: socket, containerPath: socket }] }],
  };
}

/** Labels and taints as kubeadm takes them. A node of the settings never has kubeadm's own taints besides. */
function registered(node: Node): Pick<KindNode, "labels" | "kubeadmConfigPatches"> {
  const { labels, taints } = registration(node);
  const patch = (kind: string) =>
    [`kind: ${kind}`, "nodeRegistration:", "  taints:", ...taints.map((taint) => `    - ${taintYaml(taint)}`), ""].join(
      "\n",
    );
  return {
    labels,
    ...(taints.length === 0 ? {} : { kubeadmConfigPatches: ["InitConfiguration", "JoinConfiguration"].map(patch) }),
  };
}

const taintYaml = ({ key, value, effect }: Taint) =>
  JSON.stringify({ key, ...(value === undefined ? {} : { value }), effect });

/** kind names its nodes: the name of the cluster is what the first worker's name begins with. */
export function kindName(settings: Settings, stack: string): string {
  const { workers } = machines(settings);
  const named = /^([a-z0-9][a-z0-9.-]*)-worker$/.exec(workers[0]?.name ?? "")?.[1];
  return named ?? clusterName(stack);
}

/** Names of the nodes as kind makes them, in the order of the settings. */
export function kindNodes(
  settings: Settings,
  name: string,
): { readonly node: Node | undefined; readonly name: string }[] {
  const { controlPlanes, workers } = machines(settings);
  const numbered = (role: string, at: number) => `${name}-${role}${at === 0 ? "" : String(at + 1)}`;
  const planes = controlPlanes.length === 0 ? [undefined] : controlPlanes;
  return [
    ...planes.map((node, at) => ({ node, name: numbered("control-plane", at) })),
    ...workers.map((node, at) => ({ node, name: numbered("worker", at) })),
  ];
}

/** The stack sets labels of nodes by their names. */
function nameMistakes(settings: Settings, name: string): Mistake[] {
  if (!settings.cluster.labelNodes) return [];
  return kindNodes(settings, name).flatMap(({ node, name: made }) =>
    node === undefined || node.name === made
      ? []
      : [
          {
            path: pathOf(settings, node),
            message: `given "${node.name}", but kind calls this node "${made}"; allowed: that name, or lakehouse:cluster.labelNodes: false, as kind sets the labels too`,
          },
        ],
  );
}

function pathOf({ nodes }: Settings, { name }: Node): string {
  const at = nodes.findIndex(
    (entry) => entry.name === name || (entry.count !== undefined && name.startsWith(`${entry.name}-`)),
  );
  return `lakehouse:nodes[${String(Math.max(0, at))}].name`;
}

interface Mapped {
  /** Name of the node, or the first control plane. */
  readonly on: string;
  readonly mapping: PortMapping;
}

/** Ways in on loopback become ports of one node. The others are not kind's to open. */
function mappings(settings: Settings): { readonly ports: readonly Mapped[]; readonly mistakes: readonly Mistake[] } {
  const ports: Mapped[] = [];
  const mistakes: Mistake[] = [];
  for (const way of waysIn(settings).filter(isLoopback)) {
    const behind = nodesBehind(settings, way);
    const only = behind.length === 1 ? behind[0]?.name : undefined;
    mistakes.push(...wayMistakes(way, only === undefined));
    if (way.nodePort === undefined) continue;
    const mapping = {
      containerPort: way.nodePort,
      hostPort: way.port,
      listenAddress: "127.0.0.1",
      protocol: "TCP" as const,
    };
    ports.push({ on: only ?? "first", mapping });
  }
  return { ports, mistakes };
}

function wayMistakes({ path, nodePort, from }: WayIn, acrossNodes: boolean): Mistake[] {
  if (nodePort === undefined)
    return [
      {
        path: `${path}.nodePort`,
        message:
          "given none, so that kind has no port to open on this machine; allowed: a free port from 30000 to 32767",
      },
    ];
  if (from.length === 0)
    return [
      {
        path: `${path}.from`,
        message: `given none, so that the network policy lets nobody in; allowed: the network of the container engine, such as 172.16.0.0/12`,
      },
    ];
  if (!acrossNodes || from.includes(FIRST_NODE)) return [];
  return [
    {
      path: `${path}.from`,
      message: `given ${from.join(", ")}; the pods may run on several nodes, so what comes in by the first control plane reaches them from ${FIRST_NODE}; allowed: that range too`,
    },
  ];
}
