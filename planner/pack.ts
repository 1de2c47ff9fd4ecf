import type { Node } from "../components/core/node";
import { groupName, type PodGroup, type Resources } from "../components/core/pod-group";
import type { NodePlan, PlacedPod, UnplacedPod } from "./plan";
import { by } from "./order";
import { atLeastUnplaced } from "./packing/bound";
import { explain } from "./packing/explain";
import { emptyLayout, type Layout, waiting } from "./packing/layout";
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
}

/**
 * Places pods on nodes as the Kubernetes scheduler would, within the nodes' limits: pools and `one-per-node` are hard,
 * `apart`, the order of the pools and balance are preferences. The order of the input does not matter. Tasks that run once are
 * not placed; they only need a node with room for a while.
 */
export function pack(nodes: readonly Node[], groups: readonly PodGroup[]): Packing {
  const problem = toProblem(nodes, groups.filter(lasts));
  const { layout, proven } = search(problem);
  const plans = problem.nodes.map((node, index) => nodePlan(problem, layout, node, index));
  return {
    nodes: plans,
    unplaced: [
      ...explain(problem, layout, proven),
      ...unplacedTasks(
        problem.nodes,
        plans,
        groups.filter((group) => !lasts(group)),
      ),
    ],
    proven,
  };
}

const lasts = ({ lifetime }: PodGroup) => lifetime !== "once";

/** Steps of a search that only asks whether all pods fit: many such questions are asked for one piece of advice. */
const FEW_STEPS = 150;

/** Whether all pods fit. True is certain; false only means that a short search found no placement. */
export function fitsAll(nodes: readonly Node[], groups: readonly PodGroup[]): boolean {
  const problem = toProblem(nodes, groups.filter(lasts));
  if (atLeastUnplaced(problem, emptyLayout(problem), 0, 0) > 0) return false;
  const { layout } = search(problem, FEW_STEPS);
  if (waiting(problem, layout).some((count) => count > 0)) return false;
  const plans = problem.nodes.map((node, index) => nodePlan(problem, layout, node, index));
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
