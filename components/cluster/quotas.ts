import { mayRun, type Node } from "../core/node";
import { type PodGroup, type Resources, sum, times } from "../core/pod-group";
import { formatBytes, formatCores, MiB } from "../core/quantity";
import { CPU_BURST } from "./platform";

/** ResourceQuota of a namespace for the pods of some priority classes. */
export interface Quota {
  readonly name: string;
  readonly namespace: string;
  /** Priority classes that it counts; undefined: pods of every class and of none. */
  readonly scope: { readonly operator: "In" | "NotIn"; readonly values: readonly string[] } | undefined;
  readonly hard: Readonly<Record<string, string>>;
}

/**
 * Name of the quota that refuses pods without a priority class of the stack. Kubernetes quotes it: "exceeded quota:
 * needs-priority-class".
 */
export const REST = "needs-priority-class";

/**
 * One quota for each priority class of a namespace, so that drivers cannot take the room of the executors that they would then wait
 * for, and a job cannot take a server's; and one that admits no other pod.
 * @param namespaces that this stack creates
 * @param nodes whose limits bound the pods that run always
 */
export function quotas(groups: readonly PodGroup[], namespaces: readonly string[], nodes: readonly Node[]): Quota[] {
  return namespaces.flatMap((namespace) => {
    const deployed = groups.filter((group) => group.namespace === namespace && group.origin === "deployed");
    const classes = [...new Set(deployed.flatMap(({ priorityClass }) => priorityClass ?? []))];
    return [
      ...classes.map((name): Quota => {
        const members = deployed.filter(({ priorityClass }) => priorityClass === name);
        return { name, namespace, scope: { operator: "In", values: [name] }, hard: hard(members, nodes) };
      }),
      {
        name: REST,
        namespace,
        scope: classes.length === 0 ? undefined : { operator: "NotIn", values: classes },
        hard: { pods: "0" },
      },
    ];
  });
}

/**
 * The number of pods is exact, surge included. So is the size of pods that end by themselves. Pods that run always get the limits
 * of all nodes that may run them, and the size of their surge: that holds the sizes before a change and after it, so the update
 * succeeds in any order (docs/decisions/0021).
 */
function hard(members: readonly PodGroup[], nodes: readonly Node[]): Quota["hard"] {
  const count = ({ replicas, surge = 0 }: PodGroup) => replicas + surge;
  const all = (of: "requests" | "limits") => sum(members.map((group) => times(group[of], count(group))));
  const need = { requests: all("requests"), limits: all("limits") };
  const pods = { pods: String(members.reduce((total, group) => total + count(group), 0)) };
  const staying = members.filter(({ lifetime }) => lifetime === "always");
  if (staying.length === 0) return { ...write("requests", need.requests), ...write("limits", need.limits), ...pods };
  const fill = sum([
    ...nodes.filter((node) => staying.some((group) => mayRun(group, node))).map(({ limit }) => limit),
    ...members.map(({ requests, surge = 0 }) => times(requests, surge)),
  ]);
  return {
    ...write("requests", larger(need.requests, fill)),
    ...write("limits", larger(need.limits, { ...fill, cpu: fill.cpu * CPU_BURST })),
    ...pods,
  };
}

function larger(one: Resources, other: Resources): Resources {
  return { cpu: Math.max(one.cpu, other.cpu), memory: Math.max(one.memory, other.memory) };
}

function write(of: "requests" | "limits", { cpu, memory }: Resources): Quota["hard"] {
  return { [`${of}.cpu`]: formatCores(cpu), [`${of}.memory`]: formatBytes(Math.ceil(memory / MiB) * MiB) };
}
