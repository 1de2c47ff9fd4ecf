import type { Toleration } from "../core/node";
import type { Platform } from "../core/platform";
import type { PodGroup, Resources } from "../core/pod-group";

/** Pods of a DaemonSet: one on each node of the stack, whatever its pool and its taints. */
export function agentPods(
  platform: Platform,
  service: string,
  size: Resources,
  scratch?: PodGroup["scratch"],
): PodGroup {
  const { nodes } = platform;
  const pool = [...new Set(nodes.map((node) => node.pool))];
  const group = platform.podGroup(
    {
      service,
      role: service,
      namespace: platform.namespace("agents"),
      spread: "one-per-node",
      priorityClass: "lakehouse-agent",
      ...(scratch === undefined ? {} : { scratch }),
    },
    { ...size, replicas: nodes.length, pool },
  );
  const own = nodes.flatMap(({ taints = [] }) => taints);
  const tolerations = distinct([...(group.tolerations ?? []), ...own]);
  return { ...group, ...(tolerations.length === 0 ? {} : { tolerations }) };
}

const distinct = (all: readonly Toleration[]): Toleration[] => [
  ...new Map(all.map((each) => [JSON.stringify([each.key, each.value, each.effect]), each])).values(),
];
