import { mayRun, type Node } from "../../components/core/node";
import type { PodGroup } from "../../components/core/pod-group";
import type { NodePlan, UnplacedPod } from "../plan";
import { cores, gib } from "../report/format";

/**
 * Tasks that run once take no place in the plan: while they run, they use what is left of a node, its buffer included.
 * Answers those that would find none.
 */
export function homelessTasks(
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
          ? "there is no node for it"
          : `a task that runs once; no node has ${gib(requests.memory)} and ${cores(requests.cpu)} left beside what stays there, not even in its buffer`,
      shortage: open.length === 0 ? ("pool" as const) : ("memory" as const),
    }));
  });
}
