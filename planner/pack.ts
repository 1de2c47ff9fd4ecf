import type { Node } from "../components/core/node";
import { groupName, type PodGroup, type Resources } from "../components/core/pod-group";
import type { NodeNeeds, NodePlan, PlacedPod, UnplacedPod } from "./plan";
import { by } from "./order";
import { crowded } from "./packing/arrival";
import { atLeastUnplaced } from "./packing/bound";
import { explain } from "./packing/explain";
import { emptyLayout, type Layout, waiting } from "./packing/layout";
import { withoutBuffer } from "./packing/preempt";
import { toProblem, toResources, type Problem } from "./packing/problem";
import { search } from "./packing/search";
import { unplacedTasks } from "./packing/tasks";

export interface Packing {
  readonly nodes: readonly NodePlan[];
  readonly unplaced: readonly UnplacedPod[];
  /**
   * True if it is certain that all pods fit, or that they do not. It is always true for a few nodes. If the search ended early, it
   * is false and the reasons say so.
   */
  readonly proven: boolean;
  /** Whether all pods fit in the order of the plan, and some do not in another one. */
  readonly late: boolean;
}

/**
 * Places pods on nodes as the Kubernetes scheduler would, within the nodes' limits: pools and `one-per-node` are hard,
 * `apart`, the order of the pools and balance are preferences. The order of the input does not matter: where all pods fit, other
 * orders of their arrival are tried on nodes with their buffer, and pods that one of them leaves without a node do not fit. Tasks that
 * run once are not placed; they only need a node with room for a while.
 */
export function pack(nodes: readonly Node[], groups: readonly PodGroup[]): Packing {
  const problem = toProblem(nodes, groups.filter(lasts));
  const { layout, proven } = search(problem);
  const late = isWhole(problem, layout) ? tooLate(problem) : undefined;
  const plans = late?.nodes ?? nodePlans(problem, layout, problem.nodes);
  return {
    nodes: plans,
    unplaced: [
      ...(late?.unplaced ?? explain(problem, layout, proven ? "" : CAVEAT)),
      ...unplacedTasks(
        problem.nodes,
        plans,
        groups.filter((group) => !lasts(group)),
      ),
    ],
    proven,
    late: late !== undefined,
  };
}

const CAVEAT = "; the search ended early, so a placement may exist";
const LATE = "; in another order all pods fit, but the scheduler takes them as they come, and moves none";

const isWhole = (problem: Problem, layout: Layout) => waiting(problem, layout).every((count) => count === 0);

/** Rounds in which nodes grow until no order leaves a pod without one. */
const ROUNDS = 8;

/** The nodes as the scheduler may fill them, the buffer included, where it then has no node for some pods. */
function tooLate(problem: Problem): Pick<Packing, "nodes" | "unplaced"> | undefined {
  const whole = withoutBuffer(problem);
  const layout = crowded(whole);
  if (layout === undefined) return undefined;
  const unplaced = explain(whole, layout, LATE);
  const needs = enough(whole, unplaced);
  return {
    nodes: nodePlans(whole, layout, problem.nodes),
    unplaced: unplaced.map(({ needs: first, ...pod }) => {
      const all = needs?.get(first?.node ?? "");
      return all === undefined ? pod : { ...pod, needs: all };
    }),
  };
}

/** Capacities with which all pods find a node: a node that has grown for one pod attracts others. Undefined if none are found. */
function enough(whole: Problem, first: readonly UnplacedPod[]): ReadonlyMap<string, NodeNeeds> | undefined {
  const found = new Map<string, NodeNeeds>();
  let [problem, unplaced] = [whole, first];
  for (let round = 0; round < ROUNDS; round++) {
    if (unplaced.some(({ needs }) => needs === undefined)) return undefined;
    for (const { needs } of unplaced) if (needs !== undefined) found.set(needs.node, needs);
    const nodes = problem.nodes.map((node) => {
      const { cpu, memory } = found.get(node.name) ?? node.capacity;
      return { ...node, capacity: { cpu, memory } };
    });
    problem = withoutBuffer({ ...problem, nodes });
    const layout = crowded(problem);
    if (layout === undefined) return found;
    unplaced = explain(problem, layout);
  }
  return undefined;
}

const lasts = ({ lifetime }: PodGroup) => lifetime !== "once";

/** Steps of a search that only asks whether all pods fit: many such questions are asked for one piece of advice. */
const FEW_STEPS = 150;

/** Whether all pods fit, in each order that `pack` tries. False may only mean that a short search found no placement. */
export function fitsAll(nodes: readonly Node[], groups: readonly PodGroup[]): boolean {
  const problem = toProblem(nodes, groups.filter(lasts));
  if (atLeastUnplaced(problem, emptyLayout(problem), 0, 0) > 0) return false;
  const { layout } = search(problem, FEW_STEPS);
  if (!isWhole(problem, layout) || crowded(withoutBuffer(problem)) !== undefined) return false;
  const plans = nodePlans(problem, layout, problem.nodes);
  return (
    unplacedTasks(
      problem.nodes,
      plans,
      groups.filter((group) => !lasts(group)),
    ).length === 0
  );
}

/** The entry of a group's pod in a plan. */
export function placedPod(group: PodGroup): PlacedPod {
  const { service, role, requests } = group;
  return {
    service,
    role,
    cpu: requests.cpu,
    memory: requests.memory,
    ...(group.origin === "existing" && { existing: true }),
  };
}

/** @param nodes those of the settings, whose limits the plan shows */
const nodePlans = (problem: Problem, layout: Layout, nodes: readonly Node[]): NodePlan[] =>
  nodes.map((node, index) => nodePlan(problem, layout, node, index));

function nodePlan(problem: Problem, layout: Layout, node: Node, index: number): NodePlan {
  const limit = problem.limits[index]!;
  const free = layout.free[index]!;
  const requested = toResources({ memory: limit.memory - free.memory, cpu: limit.cpu - free.cpu });
  const usage = (of: keyof Resources) => ({
    capacity: node.capacity[of],
    system: node.system[of],
    requested: requested[of],
    limit: node.limit[of],
  });
  const pods = problem.queues.flatMap(({ group }, queue) =>
    Array.from({ length: layout.seats[queue]![index]! }, () => placedPod(group)),
  );
  const order = by<PlacedPod>(
    (pod) => -pod.memory,
    (pod) => -pod.cpu,
    groupName,
  );
  return { name: node.name, pool: node.pool, memory: usage("memory"), cpu: usage("cpu"), pods: pods.toSorted(order) };
}
