import type { Node } from "../../components/core/node";
import type { PodGroup } from "../../components/core/pod-group";
import { PRIORITIES } from "../../components/core/priorities";
import { by } from "../order";
import { type Layout, seat, spreadAllows } from "./layout";
import { addRoom, copyRoom, fits, type Problem, type Queue, toRoom } from "./problem";

/** Allocatable resources: capacity without the system's share. The plan itself fills only the node's limit. */
export function allocatable({ capacity, system }: Node): Node["limit"] {
  return { cpu: capacity.cpu - system.cpu, memory: capacity.memory - system.memory };
}

/** The same pods on nodes that are filled to the last, as the scheduler fills them. */
export function withoutBuffer(problem: Problem): Problem {
  const nodes = problem.nodes.map((node) => ({ ...node, limit: allocatable(node) }));
  return {
    ...problem,
    nodes,
    limits: nodes.map(({ limit }, index) => ({ ...problem.limits[index]!, ...toRoom(limit) })),
  };
}

/** The priority of existing pods is unknown. They count as serving pods, so no pod of the stack preempts them. */
export function priority({ priorityClass, origin }: PodGroup): number {
  if (origin === "existing") return PRIORITIES["lakehouse-serving"];
  const known: Readonly<Record<string, number | undefined>> = PRIORITIES;
  return known[priorityClass ?? ""] ?? 0;
}

/** Removes the fewest pods of lower priority that make room for a pod of `queue` on a node, and returns that node. */
export function preempt(problem: Problem, layout: Layout, queue: number): number | undefined {
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
