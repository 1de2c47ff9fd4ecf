import type { Config } from "../core/define";
import { Field } from "../core/field";
import { parseQuantity, RESOURCE_NAMES, type Resources } from "../core/quantity";
import { DOMAIN, type Resource } from "../core/resource";
import type { Stack } from "../core/stack";
import type { Workload } from "../workloads/types";
import { repellingTaints, type Taint, taintText, tolerates } from "./taints";

/** Nodes and existing pods of the cluster, from the stack's capacity ConfigMap or from the policy's configuration. */

export interface Node {
  readonly name: string;
  readonly pool: string;
  /** The pool together with the node's own taints. Nodes of the same place are equal for the scheduler. */
  readonly place: string;
  /** The node's own taints that repel pods, in addition to the pool's. */
  readonly taints: readonly Taint[];
  /** The most that pods of the stack may request there. */
  readonly limit: Resources;
  /** Room for volumes by storage class, in bytes. A class that no node names is not stored on nodes. */
  readonly disks: Readonly<Record<string, number>>;
  /** The pool has a taint, so only pods that select the pool run in it. */
  readonly tainted: boolean;
}

/** Pods with the same requests and places. */
export interface Demand {
  /** The resource that makes them; undefined for existing pods. */
  readonly resource: Resource | undefined;
  /** Undefined for existing pods and for the reservation of a quota. */
  readonly workload?: Workload;
  readonly each: Resources;
  readonly count: number;
  /** Places with nodes that may run them. */
  readonly places: readonly string[];
}

export interface Capacity {
  readonly nodes: readonly Node[];
  /** Pods of the cluster that the stack does not make. */
  readonly existing: readonly Demand[];
}

export const CAPACITY_LABEL = `${DOMAIN}/capacity`;
export const NO_CAPACITY = `no capacity is known: no ConfigMap is labelled ${CAPACITY_LABEL}, and no nodes are configured`;

export const CAPACITY_CONFIG = {
  nodes: {
    type: "array" as const,
    items: { type: "object" as const },
    description:
      "Nodes in place of those in the capacity ConfigMap: name, pool, limit {cpu (cores), memory (bytes)}, disks {<storage class>: size}, taint (effect of the pool's taint), taints (the node's own: {key, value, effect}).",
  },
  poolLabel: {
    type: "string" as const,
    default: `${DOMAIN}/pool`,
    description: "Node label with the name of the pool, as in the node affinity of pods.",
  },
};

/** Undefined if no nodes are given. */
export function capacityOf(stack: Stack, config: Config): Capacity | undefined {
  const given = capacityConfigMap(stack);
  const configured = Field.made(config.nodes, "nodes").items;
  const nodes = (configured.length > 0 ? configured : given.at("nodes").items).map(node);
  return nodes.length === 0
    ? undefined
    : { nodes, existing: given.at("existing").items.map((one) => existing(one, nodes)) };
}

/** The JSON in the stack's capacity ConfigMap; an absent field if there is none. */
export function capacityConfigMap(stack: Stack): Field {
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
    // Existing pods are scheduled already, so taints do not keep them off.
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

/** Places in some pools whose taints the pods tolerate. @param tolerations @default tolerate all */
function placesIn(pools: readonly string[], nodes: readonly Node[], tolerations?: Field): string[] {
  const open = nodes.filter(
    ({ pool, taints }) => pools.includes(pool) && (tolerations === undefined || tolerates(tolerations, taints)),
  );
  return [...new Set(open.map(({ place }) => place))];
}

/** Places where pods may run. A pool without nodes, or only with taints that they do not tolerate, has none. */
export function placesOf(workload: Workload, label: string, nodes: readonly Node[]): string[] {
  return placesIn(poolsOf(workload, label, nodes), nodes, workload.tolerations);
}

/** Requests or limits of one pod. Init containers run before the main containers, sidecars beside both. */
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

/** Kubernetes sets an absent request to the limit. */
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
