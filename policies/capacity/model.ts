import type { Config } from "../core/define";
import { Field } from "../core/field";
import { parseQuantity, RESOURCE_NAMES, type Resources } from "../core/quantity";
import { DOMAIN, type Resource } from "../core/resource";
import type { Stack } from "../core/stack";
import type { Workload } from "../workloads/types";
import { repellingTaints, type Taint, taintText, tolerates } from "./taints";

/** What the policies take as given about the cluster: a ConfigMap of the stack, or the policy's configuration. */

export interface Node {
  readonly name: string;
  readonly pool: string;
  /** The pool, and the taints by which only some of its pods may come here: what pods and nodes are matched by. */
  readonly place: string;
  /** Those that the machine has of its own, where they keep pods off. */
  readonly taints: readonly Taint[];
  /** The most that pods of the stack may request there. */
  readonly limit: Resources;
  /** What volumes of a storage class may take on it, in bytes; classes that are not named are not kept on nodes. */
  readonly disks: Readonly<Record<string, number>>;
  /** Its pool keeps away pods that do not ask for it. */
  readonly tainted: boolean;
}

/** Pods of one kind that take room. */
export interface Demand {
  /** What makes them; undefined for pods that are there already. */
  readonly resource: Resource | undefined;
  /** Undefined where they are not pods of one kind: those that are there already, and what a quota reserves. */
  readonly workload?: Workload;
  readonly each: Resources;
  readonly count: number;
  /** Places whose nodes may run them. */
  readonly places: readonly string[];
}

export interface Capacity {
  readonly nodes: readonly Node[];
  /** Pods that are there already. */
  readonly existing: readonly Demand[];
}

export const CAPACITY_LABEL = `${DOMAIN}/capacity`;
export const NO_CAPACITY = `no capacity is known: no ConfigMap is labelled ${CAPACITY_LABEL}, and no nodes are configured`;

export const CAPACITY_CONFIG = {
  nodes: {
    type: "array" as const,
    items: { type: "object" as const },
    description:
      "Nodes instead of those in the capacity ConfigMap: name, pool, limit {cpu, memory}, disks {<storage class>: size}, taint (the pool's), taints (the machine's own: {key, value, effect}).",
  },
  poolLabel: {
    type: "string" as const,
    default: `${DOMAIN}/pool`,
    description: "Label of nodes that names their pool, as pods ask for it in their node affinity.",
  },
};

/** Undefined when nothing is known about the nodes. */
export function capacityOf(stack: Stack, config: Config): Capacity | undefined {
  const given = description(stack);
  const configured = Field.made(config.nodes, "nodes").items;
  const nodes = (configured.length > 0 ? configured : given.at("nodes").items).map(node);
  return nodes.length === 0
    ? undefined
    : { nodes, existing: given.at("existing").items.map((one) => existing(one, nodes)) };
}

/** What the stack's capacity ConfigMap holds; nothing where there is none. */
export function description(stack: Stack): Field {
  const map = stack
    .of("core/ConfigMap")
    .find(({ root }) => root.at("metadata", "labels", CAPACITY_LABEL).text === "true");
  return parse(map?.root.at("data", "capacity.json").text);
}

function parse(text: string | undefined): Field {
  try {
    return Field.made(text === undefined ? undefined : JSON.parse(text), "");
  } catch {
    return Field.made(undefined, "");
  }
}

function amounts(field: Field): Resources {
  return { cpu: parseQuantity(field.at("cpu").value) ?? 0, memory: parseQuantity(field.at("memory").value) ?? 0 };
}

function node(field: Field): Node {
  const pool = field.at("pool").text ?? "";
  const taints = repellingTaints(field.at("taints"));
  return {
    name: field.at("name").text ?? "?",
    pool,
    place: taints.length === 0 ? pool : `${pool} with ${taints.map(taintText).sort().join(" ")}`,
    taints,
    limit: amounts(field.at("limit")),
    disks: Object.fromEntries(field.at("disks").entries.map(([key, size]) => [key, parseQuantity(size.value) ?? 0])),
    tainted: field.at("taint").is("NoSchedule") || field.at("taint").is("NoExecute"),
  };
}

function existing(field: Field, nodes: readonly Node[]): Demand {
  const pools = field.at("pools").items.flatMap(({ text }) => text ?? []);
  return {
    resource: undefined,
    each: amounts(field.at("requests")),
    count: field.at("replicas").number ?? 1,
    // They are there already, so they put up with what there is.
    places: placesIn(pools.length > 0 ? pools : untainted(nodes), nodes),
  };
}

export function untainted(nodes: readonly Node[]): string[] {
  return [...new Set(nodes.filter(({ tainted }) => !tainted).map(({ pool }) => pool))];
}

export function poolLabel(config: Config): string {
  return typeof config.poolLabel === "string" ? config.poolLabel : CAPACITY_CONFIG.poolLabel.default;
}

/** Pools that pods may run in, by their required node affinity or node selector. */
export function poolsOf({ affinity, nodeSelector }: Workload, label: string, nodes: readonly Node[]): string[] {
  const all = [...new Set(nodes.map(({ pool }) => pool))];
  const selected = nodeSelector.at(label).text;
  const terms = affinity.get("nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms").items;
  const wanted = terms.map((term) => {
    const rule = term
      .at("matchExpressions")
      .items.find((one) => one.at("key").is(label) && one.at("operator").is("In"));
    return rule?.at("values").items.flatMap(({ text }) => text ?? []);
  });
  if (selected !== undefined) return [selected];
  // Terms are alternatives: one that does not mention the pool admits every pool.
  if (wanted.length === 0 || wanted.includes(undefined)) return untainted(nodes);
  return all.filter((pool) => wanted.some((pools) => pools?.includes(pool)));
}

/** Places of some pools, on whose nodes pods are not kept off by taints. @param tolerations @default all */
function placesIn(pools: readonly string[], nodes: readonly Node[], tolerations?: Field): string[] {
  const open = nodes.filter(
    ({ pool, taints }) => pools.includes(pool) && (tolerations === undefined || tolerates(tolerations, taints)),
  );
  return [...new Set(open.map(({ place }) => place))];
}

/** Where pods may run. A pool without nodes, or without one that they tolerate, is no place. */
export function placesOf(workload: Workload, label: string, nodes: readonly Node[]): string[] {
  return placesIn(poolsOf(workload, label, nodes), nodes, workload.tolerations);
}

/** What one pod requests. Init containers run before the others, sidecars beside them. */
export function podRequests({ containers }: Workload, of: "requests" | "limits" = "requests"): Resources {
  const [cpu, memory] = RESOURCE_NAMES.map((name) => {
    const sum = (kinds: readonly string[]) =>
      containers
        .filter(({ kind }) => kinds.includes(kind))
        .reduce((total, container) => total + (container[of][name].amount ?? defaultOf(container, of, name)), 0);
    const inits = containers.filter(({ kind }) => kind === "init").map((one) => one[of][name].amount ?? 0);
    return Math.max(sum(["main", "sidecar"]), sum(["sidecar"]) + Math.max(0, ...inits));
  });
  return { cpu: cpu ?? 0, memory: memory ?? 0 };
}

/** Kubernetes takes the limit where no request is given. */
function defaultOf(
  container: Workload["containers"][number],
  of: "requests" | "limits",
  name: "cpu" | "memory",
): number {
  return of === "requests" ? (container.limits[name].amount ?? 0) : 0;
}

export function demandOf(workload: Workload, label: string, nodes: readonly Node[]): Demand {
  const places = placesOf(workload, label, nodes);
  const count =
    workload.lifetime === "daemon" ? nodes.filter(({ place }) => places.includes(place)).length : workload.replicas;
  return { resource: workload.resource, workload, each: podRequests(workload), count, places };
}
