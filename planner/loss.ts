import type { Node } from "../components/core/node";
import { groupName, type PodGroup } from "../components/core/pod-group";
import { by } from "./order";
import { emptyLayout, type Layout, preferred, seat } from "./packing/layout";
import { preempt, priority, withoutBuffer } from "./packing/preempt";
import { DEFAULT_CLASS, toProblem } from "./packing/problem";
import type { NodeLoss, NodePlan } from "./plan";

/**
 * Pods that stay pending while one node is lost, for each node. The simulation follows the scheduler: pods on other nodes stay,
 * and lost pods use the whole allocatable room of those nodes, the buffer included. Higher priorities come first and preempt lower
 * ones. Pods with volumes on the lost node's disks cannot move.
 */
export function nodeLosses(
  nodes: readonly Node[],
  groups: readonly PodGroup[],
  plans: readonly NodePlan[],
): NodeLoss[] {
  const seats = new Map(plans.map(({ name, pods }) => [name, countBy(pods)]));
  const lasting = groups.filter(({ lifetime }) => lifetime !== "once");
  const known = new Map<string, NodeLoss["waiting"]>();
  return nodes.toSorted(by(({ name }) => name)).map((lost) => {
    // Equal nodes with equal pods have the same result.
    const key = JSON.stringify([{ ...lost, name: "" }, [...(seats.get(lost.name) ?? [])]]);
    const waiting = known.get(key) ?? waitingWithout(lost, nodes, lasting, seats);
    known.set(key, waiting);
    return { node: lost.name, waiting };
  });
}

/** Pods by group, by node. */
type Seats = ReadonlyMap<string, ReadonlyMap<string, number>>;

function countBy(pods: NodePlan["pods"]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const pod of pods) counts.set(groupName(pod), (counts.get(groupName(pod)) ?? 0) + 1);
  return counts;
}

function waitingWithout(
  lost: Node,
  nodes: readonly Node[],
  groups: readonly PodGroup[],
  seats: Seats,
): NodeLoss["waiting"] {
  const rest = nodes.filter(({ name }) => name !== lost.name);
  const problem = withoutBuffer(toProblem(rest, groups));
  const layout = emptyLayout(problem);
  const on = (node: string, group: PodGroup) => seats.get(node)?.get(groupName(group)) ?? 0;
  for (const [queue, { group }] of problem.queues.entries())
    for (const [index, { name }] of problem.nodes.entries()) seat(problem, layout, queue, index, on(name, group));
  const had = problem.queues.map(({ group }, queue) => seated(layout, queue) + on(lost.name, group));
  const local = new Set(nodes.flatMap(({ disks = {} }) => Object.keys(disks)));
  const urgent = problem.queues
    .map(({ group }, queue) => ({ queue, group }))
    .filter(({ group }) => !isBound(group, local))
    .toSorted(by(({ group }) => -priority(group)));
  for (const { queue } of urgent)
    // Preempted pods are placed again too.
    for (let pods = had[queue]! - seated(layout, queue); pods > 0; pods--) {
      const node = preferred(problem, layout, queue) ?? preempt(problem, layout, queue);
      if (node === undefined) break;
      seat(problem, layout, queue, node, 1);
    }
  return problem.queues
    .map(({ group: { service, role, origin } }, queue) => ({
      service,
      role,
      pods: had[queue]! - seated(layout, queue),
      of: had[queue]!,
      ...(origin === "existing" && { existing: true }),
    }))
    .filter(({ pods }) => pods > 0)
    .toSorted(by(groupName));
}

const seated = (layout: Layout, queue: number) => layout.seats[queue]!.reduce((sum, count) => sum + count, 0);

const isBound = ({ volumes }: PodGroup, local: ReadonlySet<string>) =>
  volumes.some(({ storageClass = DEFAULT_CLASS }) => local.has(storageClass));
