import { taintText } from "../../components/core/node";
import { groupName } from "../../components/core/pod-group";
import type { NodeNeeds, Shortage, UnplacedPod } from "../plan";
import { by } from "../order";
import { cores, gib, list, nodeNames, plural } from "../report/format";
import { spreadAllows, waiting, type Layout } from "./layout";
import { needed } from "./needs";
import { addRoom, copyRoom, type Problem, type Room } from "./problem";
import { type Missing, type Refusal, refusal } from "./refusal";

/** Most groups of nodes that a reason names; it counts the others. */
const MAX_NAMED = 3;

/**
 * One entry for each pod without a node: why each node refuses it, and the capacity with which a node would take it.
 * @param caveat what else there is to say of each
 */
export function explain(problem: Problem, layout: Layout, caveat = ""): UnplacedPod[] {
  const growth = new Growth(problem, layout);
  const all = waiting(problem, layout).flatMap((count, queue) => {
    if (count === 0) return [];
    const { group } = problem.queues[queue]!;
    const refusals = problem.nodes.flatMap((_, node) => {
      const why = refusal(problem, layout, queue, node);
      return why === undefined ? [] : [{ node, why }];
    });
    const { service, role, requests, origin, setting } = group;
    const shortage = shortageOf(refusals);
    const best = nearest(refusals);
    const pod = {
      service,
      role,
      cpu: requests.cpu,
      memory: requests.memory,
      ...(origin === "existing" && { existing: true }),
      ...(setting !== undefined && { setting: setting.path }),
      reason: reason(problem, queue, shortage, refusals) + caveat,
      shortage,
      ...(best !== undefined && { misses: { node: problem.nodes[best.node]!.name, amount: best.why.misses } }),
    };
    return Array.from({ length: count }, () => ({ pod, target: growth.assign(queue) }));
  });
  return all.map(({ pod, target }) => {
    const needs = target === undefined ? undefined : growth.needs(target);
    return { ...pod, ...(needs && { needs }) };
  });
}

interface Refused {
  readonly node: number;
  readonly why: Refusal;
}
interface Short {
  readonly node: number;
  readonly why: Missing;
}

const shorts = (refusals: readonly Refused[]): Short[] =>
  refusals.flatMap(({ node, why }) => ("misses" in why ? [{ node, why }] : []));

/** A node that lacks only disk is nearer than one that lacks cores, and that is nearer than one that lacks memory. */
const RULES = ["volume", "cpu", "memory"] as const;

/** The node that comes nearest to taking the pod. */
function nearest(refusals: readonly Refused[]): Short | undefined {
  return shorts(refusals).toSorted(
    by(
      ({ why }) => RULES.indexOf(why.rule),
      ({ why }) => why.misses,
      ({ node }) => node,
    ),
  )[0];
}

function shortageOf(refusals: readonly Refused[]): Shortage {
  const near = nearest(refusals);
  if (near !== undefined) return near.why.rule;
  const has = (rule: Refusal["rule"]) => refusals.some(({ why }) => why.rule === rule);
  return has("spread") ? "spread" : has("taint") ? "taint" : "pool";
}

function reason(problem: Problem, queue: number, shortage: Shortage, refusals: readonly Refused[]): string {
  const { group, eligible } = problem.queues[queue]!;
  const { pools, requests, replicas } = group;
  const where = pools.length === 0 ? "without a taint" : `of pool${pools.length > 1 ? "s" : ""} ${pools.join(", ")}`;
  const per = perNode(problem, refusals);
  switch (shortage) {
    case "pool":
      return `there is no node ${where}`;
    case "taint":
      return `each node ${where} has a taint that they do not tolerate (${per}), so they stay pending`;
    case "spread":
      return `one per node: ${String(replicas)} replicas of ${groupName(group)} need as many nodes, and there ${eligible.length === 1 ? "is" : "are"} ${plural(eligible.length, "node")} ${where}`;
    case "memory":
      return `no node ${where} has ${gib(requests.memory)} free: ${per}`;
    case "cpu":
      return `no node ${where} has ${cores(requests.cpu)} free together with ${gib(requests.memory)}: ${per}`;
    case "volume":
      return `no node ${where} has disk for the volumes of one pod: ${per}`;
  }
}

/** `k8s-3 misses 8 GiB (16 of 56 GiB left), k8s-2 already runs one`: nearest first, nodes with the same words together. */
function perNode(problem: Problem, refusals: readonly Refused[]): string {
  const order = by<Refused>(
    ({ why }) => ("misses" in why ? RULES.indexOf(why.rule) : RULES.length),
    ({ why }) => ("misses" in why ? why.misses : 0),
    ({ node }) => node,
  );
  const names = new Map<string, string[]>();
  for (const { node, why } of refusals.filter(({ why: { rule } }) => rule !== "pool").toSorted(order)) {
    const text = refusalText(why);
    names.set(text, [...(names.get(text) ?? []), problem.nodes[node]!.name]);
  }
  const named = [...names].slice(0, MAX_NAMED).map(([text, nodes]) => `${nodeNames(nodes)} ${text}`);
  const others = [...names.values()].slice(MAX_NAMED).flat().length;
  return list(others > 0 ? [...named, `${plural(others, "other")} no better`] : named);
}

function refusalText(why: Refusal): string {
  switch (why.rule) {
    case "pool":
      return "is of another pool";
    case "taint":
      return why.taints.map(taintText).join(" ");
    case "spread":
      return "already runs one";
    case "memory":
    case "cpu":
    case "volume": {
      const write = why.rule === "cpu" ? cores : gib;
      const of = why.storageClass === undefined ? "" : ` of ${why.storageClass}`;
      return `misses ${write(why.misses)}${of} (${write(Math.max(0, why.left)).replace(/ .*/, "")} of ${write(why.limit)} left)`;
    }
  }
}

/** Unplaced pods shared out among nodes, each to the one that has to grow least. */
class Growth {
  private readonly rooms: readonly Room[];
  private readonly seats: Layout["seats"];

  constructor(
    private readonly problem: Problem,
    layout: Layout,
  ) {
    this.rooms = problem.limits.map((limit, node) => {
      const used = copyRoom(limit);
      addRoom(used, layout.free[node]!, -1);
      return used;
    });
    this.seats = layout.seats.map((nodes) => [...nodes]);
  }

  /** The node for one more pod of a queue; undefined if no node may run it. */
  assign(queue: number): number | undefined {
    const { pod, eligible } = this.problem.queues[queue]!;
    const layout = { free: [], seats: this.seats };
    const allowed = eligible.filter((node) => spreadAllows(layout, queue, this.problem.queues[queue]!, node));
    const over = (node: number, of: (room: Readonly<Room>) => number) =>
      Math.max(0, of(this.rooms[node]!) + of(pod) - of(this.problem.limits[node]!));
    const worst = by<number>(
      (node) => over(node, ({ memory }) => memory),
      (node) => over(node, ({ cpu }) => cpu),
      (node) => this.problem.disks.reduce((sum, _, at) => sum + over(node, ({ disks }) => disks![at]!), 0),
    );
    // The first of equal nodes, in one pass: there may be thousands of pods and hundreds of nodes.
    let target = allowed[0];
    for (const node of allowed) if (worst(node, target!) < 0) target = node;
    if (target === undefined) return undefined;
    addRoom(this.rooms[target]!, pod, 1);
    this.seats[queue]![target]!++;
    return target;
  }

  needs(node: number): NodeNeeds {
    return needed(this.problem, node, this.rooms[node]!);
  }
}
