import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { platform } from "../components/cluster/platform";
import { poolTaints } from "../components/cluster/registration";
import { POOL_LABEL } from "../components/core/labels";
import { type Node, type Taint, taintText } from "../components/core/node";
import type { Settings } from "../components/settings";
import { InputError } from "../inputs/input-error";

const run = promisify(execFile);

/** A node of the cluster with its taints. */
export interface FoundNode {
  readonly name: string;
  /** `resourceVersion` of the node. */
  readonly version: string;
  readonly taints: readonly Taint[];
}

export interface TaintChange {
  readonly node: FoundNode;
  /** All taints of the node after the change: unchanged other taints first, then the pool's. */
  readonly taints: readonly Taint[];
  readonly added: readonly Taint[];
  readonly removed: readonly Taint[];
}

/** Changes after which each node has exactly its pool's taint under the key of pools. Taints with other keys stay. */
export function taintChanges(nodes: readonly Node[], found: readonly FoundNode[]): TaintChange[] {
  return nodes.flatMap(({ name, ...pooled }) => {
    const node = found.find((each) => each.name === name);
    if (node === undefined) return [];
    const wanted = poolTaints(pooled);
    const has = (list: readonly Taint[], of: Taint) => list.some((each) => taintText(each) === taintText(of));
    const ours = node.taints.filter(({ key }) => key === POOL_LABEL);
    const added = wanted.filter((each) => !has(ours, each));
    const removed = ours.filter((each) => !has(wanted, each));
    if (added.length + removed.length === 0) return [];
    return [{ node, added, removed, taints: [...node.taints.filter(({ key }) => key !== POOL_LABEL), ...wanted] }];
  });
}

export interface TaintsOptions {
  /** Writes the changes; otherwise they are only shown. */
  readonly apply: boolean;
  /** Context of the kubeconfig. @default the current one */
  readonly context?: string;
  /** @default kubectl's own */
  readonly kubeconfig?: string;
  /** @default "kubectl" on the PATH */
  readonly kubectl?: string;
}

/** Most attempts to write a node that another client changes at the same time. */
const ATTEMPTS = 5;

/**
 * `lakehouse taints`: shows or sets the pools' taints on the nodes, by the user's own kubectl.
 * @throws InputError if the settings do not manage taints, or kubectl fails
 */
export async function taintsCommand(settings: Settings, options: TaintsOptions): Promise<string> {
  if (!settings.cluster.labelNodes)
    throw new InputError([
      "lakehouse:cluster.labelNodes is false, so the labels and taints of nodes are not managed here; set taints where the nodes are made, or set it to true",
    ]);
  const { nodes } = platform(settings);
  let found = await readNodes(options);
  const missing = nodes.filter(({ name }) => !found.some((node) => node.name === name)).map(({ name }) => name);
  const all = taintChanges(nodes, found);
  if (options.apply) {
    for (const { node } of all) {
      for (let attempt = 1; ; attempt++) {
        const change = taintChanges(nodes, found).find((each) => each.node.name === node.name);
        if (change === undefined || (await write(change, options, attempt === ATTEMPTS))) break;
        found = await readNodes(options);
      }
    }
  }
  const lines = [
    ...all.map((change) => describe(change, options.apply)),
    ...missing.map((name) => `${name}: not in the cluster (yet)`),
    ...(all.length === 0 ? ["every node in the cluster has its pool's taint"] : []),
    ...(all.length === 0 || options.apply ? [] : ["nothing was changed; --apply sets the taints"]),
  ];
  return `${lines.join("\n")}\n`;
}

/** `k8s-3: adds lakehouse.dev/pool=executors:PreferNoSchedule, keeps node-role.kubernetes.io/control-plane:NoSchedule` */
function describe({ node, taints, added, removed }: TaintChange, done: boolean): string {
  const verbs = done ? ["added", "removed", "kept"] : ["adds", "removes", "keeps"];
  const kept = taints.filter((taint) => !added.includes(taint));
  const parts = [added, removed, kept].flatMap((list, index) =>
    list.length === 0 ? [] : [`${verbs[index] ?? ""} ${list.map(taintText).join(" ")}`],
  );
  return `${node.name}: ${parts.join(", ")}`;
}

async function readNodes(options: TaintsOptions): Promise<FoundNode[]> {
  interface NodeList {
    readonly items: readonly {
      readonly metadata: { readonly name: string; readonly resourceVersion: string };
      readonly spec?: { readonly taints?: readonly Taint[] };
    }[];
  }
  const { items } = JSON.parse(await kubectl(["get", "nodes", "-o", "json"], options)) as NodeList;
  return items.map(({ metadata, spec }) => ({
    name: metadata.name,
    version: metadata.resourceVersion,
    taints: spec?.taints ?? [],
  }));
}

/** Writes the taints of a node, unless it has changed since it was read. @returns false if it has */
async function write({ node, taints }: TaintChange, options: TaintsOptions, last: boolean): Promise<boolean> {
  const patch = [
    { op: "test", path: "/metadata/resourceVersion", value: node.version },
    { op: "add", path: "/spec/taints", value: taints },
  ];
  try {
    await kubectl(["patch", "node", node.name, "--type=json", `--patch=${JSON.stringify(patch)}`], options);
    return true;
  } catch (error) {
    if (last) throw error;
    return false;
  }
}

async function kubectl(args: readonly string[], options: TaintsOptions) {
  const { context, kubeconfig, kubectl: program = "kubectl" } = options;
  const where = [
    ...(context === undefined ? [] : [`--context=${context}`]),
    ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
  ];
  try {
    return (await run(program, [...where, ...args], { maxBuffer: 256 * 1024 * 1024 })).stdout;
  } catch (error) {
    const { code, stderr = "" } = error as { readonly code?: unknown; readonly stderr?: string };
    if (code === "ENOENT")
      throw new InputError([
        `${program}: not found, and needed to read and write the nodes' taints; install kubectl or add it to the PATH`,
      ]);
    const reason = stderr.trim().split("\n")[0] ?? "";
    throw new InputError([`kubectl ${args.slice(0, 2).join(" ")}: ${reason === "" ? String(code) : reason}`]);
  }
}
