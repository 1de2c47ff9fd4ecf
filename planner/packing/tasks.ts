import { mayRun, type Node } from "../../components/core/node";
import type { PodGroup } from "../../components/core/pod-group";
import type { NodePlan, UnplacedPod } from "../plan";
import { cores, gib } from "../report/format";

/**
 * Tasks that run once and find no node. They are not placed in the plan, because they may use the free room of a node, its
 * buffer included, while they run.
 */
export function unplacedTasks(
  nodes: readonly Node[],
  plans: readonly NodePlan[],
  tasks: readonly PodGroup[],
): UnplacedPod[] {
  return tasks.flatMap((task) => {
    const open = plans.filter((_, index) => mayRun(task, nodes[index]!));
    const free = (node: NodePlan, of: "memory" | "cpu") => node[of].capacity - node[of].system - node[of].requested;
    const { service, role, requests } = task;
    if (open.some((node) => free(node, "memory") >= requests.memory && free(node, "cpu") >= requests.cpu)) return [];
    return Array.from({ length: task.replicas }, () => ({
      service,
      role,
      ...requests,
      reason:
        open.length === 0
          ? "no node may run this task"
          : `this task runs once and may use the buffer, but no node has ${gib(requests.memory)} and ${cores(requests.cpu)} left beside its other pods`,
      shortage: open.length === 0 ? ("pool" as const) : ("memory" as const),
    }));
  });
}
