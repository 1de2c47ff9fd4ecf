import { mayRun, type Node } from "../core/node";
import { type PodGroup, type Resources, sum, times } from "../core/pod-group";
import { formatBytes, formatCores, MiB } from "../core/quantity";
import { CPU_BURST } from "./platform";

/** What some pods of a namespace may ask for together. */
export interface Quota {
  readonly name: string;
  readonly namespace: string;
  /** Priority classes that it counts; undefined: pods of every class and of none. */
  readonly scope: { readonly operator: "In" | "NotIn"; readonly values: readonly string[] } | undefined;
  readonly hard: Readonly<Record<string, string>>;
}

/** Its name is what whoever starts such a pod reads: "exceeded quota: needs-priority-class". */
export const REST = "needs-priority-class";

/**
 * One quota for each priority class of a namespace, so that drivers cannot take the room of the executors that they would
 * then wait for, and a job cannot take a server's; and one that lets no other pod in.
 * @param namespaces those that are ours
 * @param nodes what pods that run always may fill
 */
export function quotas(groups: readonly PodGroup[], namespaces: readonly string[], nodes: readonly Node[]): Quota[] {
  return namespaces.flatMap((namespace) => {
    const ours = groups.filter((group) => group.namespace === namespace && group.origin === "deployed");
    const classes = [...new Set(ours.flatMap(({ priorityClass }) => priorityClass ?? []))];
    return [
      ...classes.map((name): Quota => {
        const members = ours.filter(({ priorityClass }) => priorityClass === name);
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
 * The number of pods is exact, with what a roll and operators add to them. So is the room of pods that end by themselves.
 * The room of pods that run always is what the nodes may be filled with that they may run on, and what a roll adds: it
 * holds the sizes before a change and those after, so no order of the update refuses the pods of either (docs/decisions/0021).
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
