import { PRIORITIES } from "../components/core/priorities";
import type { Node } from "../components/core/node";
import { groupName, type PodGroup } from "../components/core/pod-group";
import { by } from "./order";
import { emptyLayout, type Layout, preferred, seat, spreadAllows } from "./packing/layout";
import { addRoom, copyRoom, DEFAULT_CLASS, fits, type Problem, type Queue, toProblem } from "./packing/problem";
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
  const problem = toProblem(
    rest.map((node) => ({ ...node, limit: allocatable(node) })),
    groups,
  );
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

/** Allocatable resources: capacity without the system's share. The plan itself fills only the node's limit. */
function allocatable({ capacity, system }: Node): Node["limit"] {
  return { cpu: capacity.cpu - system.cpu, memory: capacity.memory - system.memory };
}

const isBound = ({ volumes }: PodGroup, local: ReadonlySet<string>) =>
  volumes.some(({ storageClass = DEFAULT_CLASS }) => local.has(storageClass));

/** The priority of existing pods is unknown. They count as serving pods, so no pod of the stack preempts them. */
function priority({ priorityClass, origin }: PodGroup): number {
  if (origin === "existing") return PRIORITIES["lakehouse-serving"];
  const known: Readonly<Record<string, number | undefined>> = PRIORITIES;
  return known[priorityClass ?? ""] ?? 0;
}

/** Removes the fewest pods of lower priority that make room for a pod of `queue` on a node, and returns that node. */
function preempt(problem: Problem, layout: Layout, queue: number): number | undefined {
  const of = problem.queues[queue]!;
  const choices = of.eligible
    .filter((node) => spreadAllows(layout, queue, of, node))
    .flatMap((node) => {
      const victims = victimsOn(problem, layout, of, node);
      return victims === undefined ? [] : [{ node, victims }];
    });
  const [choice] = choices.toSorted(
    by(
      ({ victims }) => victims.length,
      ({ node }) => node,
    ),
  );
  if (choice === undefined) return undefined;
  for (const victim of choice.victims) seat(problem, layout, victim, choice.node, -1);
  return choice.node;
}

/** Queues of the pods to preempt, lowest priority first; undefined if even all of them make too little room. */
function victimsOn(problem: Problem, layout: Layout, of: Queue, node: number): number[] | undefined {
  const lower = problem.queues
    .map(({ group, pod }, queue) => ({ queue, pod, priority: priority(group), seats: layout.seats[queue]![node]! }))
    .filter((one) => one.priority < priority(of.group))
    .toSorted(by((one) => one.priority));
  const free = copyRoom(layout.free[node]!);
  const victims: number[] = [];
  for (const { queue, pod, seats } of lower)
    for (let each = 0; each < seats && !fits(of.pod, free); each++) {
      addRoom(free, pod, 1);
      victims.push(queue);
    }
  return fits(of.pod, free) ? victims : undefined;
}
