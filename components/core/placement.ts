import type * as k8s from "@pulumi/kubernetes";

import { type Labels, POOL_LABEL, selector } from "./labels";
import type { PodGroup } from "./pod-group";

type Affinity = k8s.types.input.core.v1.Affinity;
type Toleration = k8s.types.input.core.v1.Toleration;

/** Where pods of a group may land, as fields of a pod's spec. */
export interface Placement {
  readonly affinity: Affinity;
  readonly tolerations: Toleration[];
}

/**
 * Pools become a required node affinity (with a preference for the first ones), and tolerations of the pools' taints and of their
 * nodes' own. The group's spread becomes pod anti-affinity, required or preferred.
 * @param own labels of the group's pods, where an operator sets them
 */
export function placement(group: PodGroup, own: Labels = selector(group)): Placement {
  const apart = { labelSelector: { matchLabels: own }, topologyKey: "kubernetes.io/hostname" };
  return {
    affinity: {
      ...(group.pools.length === 0 ? {} : { nodeAffinity: nodeAffinity(group.pools) }),
      ...(group.spread === "one-per-node"
        ? { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [apart] } }
        : {}),
      ...(group.spread === "apart"
        ? {
            podAntiAffinity: {
              preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: apart }],
            },
          }
        : {}),
    },
    tolerations: [
      ...group.pools.map((pool) => ({ key: POOL_LABEL, operator: "Equal", value: pool })),
      ...(group.tolerations ?? []).map((each) => ({
        operator: each.value === undefined ? "Exists" : "Equal",
        ...each,
      })),
    ],
  };
}

/** Required: one of the pools. Preferred, where there are several: the earlier ones. */
export function nodeAffinity(pools: readonly string[]): k8s.types.input.core.v1.NodeAffinity {
  const inPools = (values: readonly string[]) => ({
    matchExpressions: [{ key: POOL_LABEL, operator: "In", values: [...values] }],
  });
  return {
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [inPools(pools)] },
    ...(pools.length < 2
      ? {}
      : {
          preferredDuringSchedulingIgnoredDuringExecution: pools
            .slice(0, -1)
            .map((pool, index) => ({ weight: 100 - index, preference: inPools([pool]) })),
        }),
  };
}
