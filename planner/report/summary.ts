import { groupName } from "../../components/core/pod-group";
import type { CostLine, CostReport, NodeLoss, NodePlan, PlacedPod, Plan, UnplacedPod } from "../plan";
import { by } from "../order";
import { violations } from "../verdict";
import { grouped, list, money, plural, share, unitPrice } from "./format";

/** Equal pods of one group, counted. */
export interface PodCount {
  readonly name: string;
  readonly count: number;
  /** Bytes of one pod. */
  readonly memory: number;
  /** Cores of one pod. */
  readonly cpu: number;
  readonly existing: boolean;
}

export interface Shortfall extends PodCount {
  readonly reason: string;
}

/** A change that deletes or replaces stored data. */
export interface DataLoss {
  readonly verb: "deletes" | "replaces" | "changes";
  readonly resource: string;
  readonly fields: readonly string[];
}

/** The verdict in one line. */
export function headline(plan: Plan): string {
  const losses = dataLosses(plan.resources).length;
  const warning =
    losses === 0 ? "" : `, ${plan.verdict === "ok" ? "but" : "and"} ${plural(losses, "change")} would lose data`;
  const nodes = plural(plan.nodes.length, "node");
  switch (plan.verdict) {
    case "ok":
      return `${plan.stack} fits its ${nodes} and meets every mandatory policy${warning}`;
    case "does-not-fit":
      return `${plan.stack} does not fit its ${nodes}: no room for ${plural(plan.unplaced.length, "pod")}${warning}`;
    case "policy-violations": {
      const found = violations(plan.policies);
      const policies = new Set(found.map(({ policy }) => policy)).size;
      return `${plan.stack} fits its ${nodes} but violates ${plural(policies, "policy", "policies")} in ${plural(found.length, "place")}${warning}`;
    }
  }
}

/** The effect of a lost node: `stops spark-driver; leaves trino-worker 1 of 2`; undefined if all pods find another node. */
export function lossText({ waiting }: NodeLoss): string | undefined {
  if (waiting.length === 0) return undefined;
  const name = (of: NodeLoss["waiting"][number]) => `${groupName(of)}${of.existing === true ? " (existing)" : ""}`;
  const stops = waiting.filter(({ pods, of }) => pods === of).map(name);
  const fewer = waiting
    .filter(({ pods, of }) => pods < of)
    .map((of) => `${name(of)} ${String(of.of - of.pods)} of ${String(of.of)}`);
  return [
    ...(stops.length > 0 ? [`stops ${list(stops)}`] : []),
    ...(fewer.length > 0 ? [`leaves ${list(fewer)}`] : []),
  ].join("; ");
}

/** Nodes whose loss stops all pods of a group. */
export function stoppingNodes(
  losses: readonly NodeLoss[] = [],
): { readonly node: string; readonly stops: readonly string[] }[] {
  return losses
    .map(({ node, waiting }) => ({ node, stops: waiting.filter(({ pods, of }) => pods === of).map(groupName) }))
    .filter(({ stops }) => stops.length > 0);
}

/** Pods by group, in the order of the plan. */
export function podCounts(pods: readonly PlacedPod[]): PodCount[] {
  return merge(
    pods,
    (pod) => `${groupName(pod)} ${String(pod.memory)} ${String(pod.cpu)}`,
    (pod, count) => ({
      name: groupName(pod),
      count,
      memory: pod.memory,
      cpu: pod.cpu,
      existing: pod.existing === true,
    }),
  );
}

/** Unplaced pods of a group with the same reason, once. */
export function shortfalls(unplaced: readonly UnplacedPod[]): Shortfall[] {
  return merge(
    unplaced,
    (pod) => `${groupName(pod)} ${pod.reason}`,
    (pod, count) => ({ ...podCounts([pod])[0]!, count, reason: pod.reason }),
  );
}

/** Deletions first, then replacements, then changes in place. */
export function dataLosses(resources: Pick<Plan["resources"], "change" | "replace" | "deletesData">): DataLoss[] {
  const changes = (verb: DataLoss["verb"], of: Plan["resources"]["change"]) =>
    of.filter(({ losesData }) => losesData).map(({ resource, fields }) => ({ verb, resource, fields }));
  return [
    ...(resources.deletesData ?? []).map((resource) => ({ verb: "deletes" as const, resource, fields: [] })),
    ...changes("replaces", resources.replace),
    ...changes("changes", resources.change),
  ];
}

/** `+$200`, `−$50`, `unchanged`; undefined without a last plan. */
export function costChange({ monthly, previousMonthly, currency }: CostReport): string | undefined {
  if (previousMonthly === undefined) return undefined;
  const change = monthly - previousMonthly;
  return change === 0 ? "unchanged" : `${change > 0 ? "+" : ""}${money(change, currency)}`;
}

/** The units of a line, `3 × $200 per broker`, a text for each price; none for a lump sum. */
export function units({ parts }: CostLine, currency: string): string[] {
  return parts.map(({ units: count, unit, each }) => `${grouped(count)} × ${unitPrice(each, currency)} per ${unit}`);
}

/** Sums of systems by layer, the dearest first. */
export function layers({ systems }: CostReport): { readonly layer: string; readonly monthly: number }[] {
  return merge(
    systems,
    ({ layer }) => layer,
    ({ layer }) => ({ layer, monthly: systems.reduce((sum, one) => sum + (one.layer === layer ? one.monthly : 0), 0) }),
  ).toSorted(by(({ monthly }) => -monthly));
}

/** `70 % of what the system leaves`, or without a number if nodes differ. */
export function limitMeaning(nodes: readonly NodePlan[]): string {
  const parts = new Set(
    nodes.map(({ memory }) => Math.round(share(memory.limit, memory.capacity - memory.system) * 100)),
  );
  return `${parts.size === 1 ? `${String([...parts][0])} % of ` : "a part of "}what the system leaves`;
}

/** The fullest nodes first, for short reports. */
export function fullest(nodes: readonly NodePlan[]): NodePlan[] {
  const fullness = ({ memory, cpu }: NodePlan) =>
    Math.max(share(memory.requested, memory.limit), share(cpu.requested, cpu.limit));
  return nodes.toSorted(
    by(
      (node) => -fullness(node),
      (node) => node.name,
    ),
  );
}

/** Names of the groups that the stack deploys, those with the most memory first. */
export function largestGroups(nodes: readonly NodePlan[]): string[] {
  const memory = new Map<string, number>();
  for (const pod of nodes.flatMap(({ pods }) => pods)) {
    if (!pod.existing) memory.set(groupName(pod), (memory.get(groupName(pod)) ?? 0) + pod.memory);
  }
  const order = by<[string, number]>(
    ([, bytes]) => -bytes,
    ([name]) => name,
  );
  return [...memory].sort(order).map(([name]) => name);
}

/** `12 to create, 3 to change`, or `no change`. */
export function changeCounts({ resources }: Plan): string {
  const counts = [
    [resources.create.length, "create"],
    [resources.change.length, "change"],
    [resources.replace.length, "replace"],
    [resources.delete.length, "delete"],
  ] as const;
  const some = counts.filter(([count]) => count > 0);
  return some.length === 0 ? "no change" : list(some.map(([count, verb]) => `${String(count)} to ${verb}`));
}

function merge<T, R>(items: readonly T[], key: (item: T) => string, build: (first: T, count: number) => R): R[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return [...groups.values()].map((group) => build(group[0]!, group.length));
}
