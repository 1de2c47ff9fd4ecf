import type { PodGroup } from "../../core/pod-group";
import { formatBytes, formatCores } from "../../core/quantity";
import { JOB_PRIORITIES, type JobPriority, type QueuedJob, type RoleToleration } from "../../core/queueing";
import { DOMAIN } from "../../core/labels";
import type { KueueSettings } from "./settings";

/** Kueue's resources for the queues of a stack, as pure functions. */

export const API_VERSION = "kueue.x-k8s.io/v1beta2";

/** Declared by flavors alone, no node has it. Pods of a role tolerate the value of their role, so each role has a quota of its own. */
const ROLE_TAINT = `${DOMAIN}/job-role`;

const VALUES: Readonly<Record<JobPriority, number>> = { high: 1000, normal: 100, low: 10 };
const DESCRIPTIONS: Readonly<Record<JobPriority, string>> = {
  high: "Starts before other jobs of its queue, and in the place of running ones where there is no room.",
  normal: "Jobs that say nothing.",
  low: "Starts after the others, and gives its place to them.",
};

type Role = Pick<PodGroup, "service" | "role" | "namespace">;

export const priorityName = (priority: JobPriority): string => `lakehouse-${priority}`;
// A cluster has one list each of flavors and queues: the namespace's name keeps those of two stacks apart.
export const flavorName = ({ namespace, service, role }: Role): string => `${namespace}-${service}-${role}`;
export const clusterQueueName = (namespace: string, queue: string): string => `${namespace}-${queue}`;

export const tolerations = (group: Role): readonly RoleToleration[] => [
  { key: ROLE_TAINT, operator: "Equal", value: flavorName(group), effect: "NoSchedule" },
];

export const jobLabels = ({ queue, priority }: QueuedJob): Record<string, string> => ({
  "kueue.x-k8s.io/queue-name": queue,
  "kueue.x-k8s.io/priority-class": priorityName(priority),
});

/** The pods of one role as a kind of capacity. */
export const flavor = (group: PodGroup): object => ({
  nodeTaints: tolerations(group).map(({ key, value, effect }) => ({ key, value, effect })),
});

/** Priorities of jobs, which say nothing about their pods: those have the priority classes of their roles. */
export const priorities = (): { priority: JobPriority; value: number; description: string }[] =>
  JOB_PRIORITIES.map((priority) => ({ priority, value: VALUES[priority], description: DESCRIPTIONS[priority] }));

/**
 * Whole pods of one role by queue: each has its share, and what is left of the division goes to the largest remainders, the first
 * queues first.
 * @param total of the role's pods
 */
export function shares(total: number, queues: KueueSettings["queues"]): ReadonlyMap<string, number> {
  const all = Object.entries(queues).map(([name, { share }]) => ({ name, share }));
  const sum = all.reduce((so, { share }) => so + share, 0);
  const exact = all.map(({ name, share }) => ({ name, pods: (total * share) / sum }));
  const given = new Map(exact.map(({ name, pods }) => [name, Math.floor(pods)]));
  const left = total - [...given.values()].reduce((so, pods) => so + pods, 0);
  const largest = exact.toSorted((one, other) => (other.pods % 1) - (one.pods % 1)).slice(0, left);
  for (const { name } of largest) given.set(name, (given.get(name) ?? 0) + 1);
  return given;
}

/** A queue: what it has by itself, what it may borrow (all that is idle), and how it gets its own back. */
export function clusterQueue(
  name: string,
  queues: KueueSettings["queues"],
  roles: readonly PodGroup[],
  namespace: string,
): object {
  return {
    // The queues lend each other what they do not use.
    cohortName: namespace,
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    queueingStrategy: queues[name]?.passing === true ? "BestEffortFIFO" : "StrictFIFO",
    preemption: { withinClusterQueue: "LowerPriority", reclaimWithinCohort: "Any" },
    fairSharing: { weight: String(queues[name]?.share ?? 1) },
    resourceGroups: [
      {
        coveredResources: ["cpu", "memory"],
        flavors: roles.map((group) => {
          const pods = shares(group.replicas, queues).get(name) ?? 0;
          return {
            name: flavorName(group),
            resources: [
              { name: "cpu", nominalQuota: formatCores(pods * group.requests.cpu) },
              { name: "memory", nominalQuota: formatBytes(pods * group.requests.memory) },
            ],
          };
        }),
      },
    ],
  };
}
