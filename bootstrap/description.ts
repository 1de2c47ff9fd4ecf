import { platform } from "../components/cluster/platform";
import { namedNodes } from "../components/cluster/settings";
import { mayRun, type Node } from "../components/core/node";
import { stackPods } from "../components/facts";
import type { Mistake } from "../components/fields/mistakes";
import type { Settings } from "../components/settings/schema";

/** What a cluster for a stack must be like, from the stack's settings. Pure. */
export interface Machines {
  readonly controlPlanes: readonly Node[];
  readonly workers: readonly Node[];
}

/** Taint by which Kubernetes keeps pods off its control plane: a node of the settings that has it is a control plane. */
export const CONTROL_PLANE = "node-role.kubernetes.io/control-plane";

export const isControlPlane = ({ taints = [] }: Pick<Node, "taints">): boolean =>
  taints.some(({ key }) => key === CONTROL_PLANE);

export function machines(settings: Settings): Machines {
  const { nodes } = platform(settings);
  return { controlPlanes: nodes.filter(isControlPlane), workers: nodes.filter((node) => !isControlPlane(node)) };
}

/** A NodePort of the stack by which `pulumi up` reaches a server that the same stack creates. */
export interface WayIn {
  /** `lakehouse:storage.objects.admin` */
  readonly path: string;
  readonly service: string;
  /** Where Pulumi's provider looks for it. */
  readonly host: string;
  readonly port: number;
  readonly nodePort?: number | undefined;
  readonly from: readonly string[];
}

/** Object store and PostgreSQL, where this stack deploys them: what Pulumi's providers are configured with. */
export function waysIn({ storage: { objects, postgres } }: Settings): WayIn[] {
  const way = (path: string, service: string, { host, port, nodePort, from }: Omit<WayIn, "path" | "service">) => ({
    ...{ path: `lakehouse:storage.${path}.admin`, service },
    ...{ host, port, nodePort, from },
  });
  return [
    ...(objects.kind === "minio" ? [way("objects", "minio", objects.admin)] : []),
    way("postgres", "postgres", postgres.admin),
  ];
}

/** Nodes that the servers behind a way in may run on. */
export function nodesBehind(settings: Settings, { service }: Pick<WayIn, "service">): readonly Node[] {
  const site = platform(settings);
  const groups = stackPods(site, settings).filter((group) => group.service === service && group.role === "server");
  return site.nodes.filter((node) => groups.some((group) => mayRun(group, node)));
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/;
export const isLoopback = ({ host }: Pick<WayIn, "host">): boolean => LOOPBACK.test(host);

/** Storage classes that the settings name. */
export function storageClasses({ cluster, nodes }: Settings): string[] {
  const disks = nodes.flatMap((node) => Object.keys(node.disks ?? {}));
  const named = [cluster.storageClass, ...disks].flatMap((name) => name ?? []);
  return [...new Set(named)].filter((name) => name !== "ephemeral-storage").sort();
}

/** Number of equal machines of each entry of `lakehouse:nodes`, in its order, with one of them. */
export function nodeGroups(
  settings: Settings,
): { readonly name: string; readonly count: number; readonly node: Node }[] {
  const { nodes } = platform(settings);
  let at = 0;
  return settings.nodes.flatMap((entry) => {
    const count = namedNodes([entry]).length;
    const node = nodes[at];
    at += count;
    return node === undefined ? [] : [{ name: entry.name, count, node }];
  });
}

/** A cluster's name: the stack's, as Kubernetes and container engines take it. */
export const clusterName = (stack: string): string =>
  `lakehouse-${stack.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`.replaceAll(/^-+|-+$/g, "").slice(0, 40);

/** A file or setting that cannot be used, with everything that is wrong at once. */
export class Unfit extends Error {
  override readonly name = "Unfit";
  constructor(readonly mistakes: readonly Mistake[]) {
    super(mistakes.map(({ path, message }) => `${path}: ${message}`).join("\n"));
  }
}
