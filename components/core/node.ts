import type { PodGroup, Resources } from "./pod-group";

/** Effect of a pool's taint; the value of the taint is the pool's name. */
export type TaintEffect = "NoSchedule" | "PreferNoSchedule";

/** Keeps pods that do not tolerate it off a node. */
export interface Taint {
  readonly key: string;
  readonly value?: string;
  /** `NoExecute` also ends pods that run already; `PreferNoSchedule` is only a wish. */
  readonly effect: TaintEffect | "NoExecute";
}

/** Taints that pods tolerate. */
export interface Toleration {
  readonly key: string;
  /** @default every value */
  readonly value?: string;
  /** @default every effect */
  readonly effect?: Taint["effect"];
}

/** Taints of a node that keep off pods with these tolerations. */
export function repelling(taints: readonly Taint[] = [], tolerations: readonly Toleration[] = []): Taint[] {
  const tolerated = (taint: Taint) =>
    tolerations.some(
      ({ key, value = taint.value, effect = taint.effect }) =>
        key === taint.key && (value ?? "") === (taint.value ?? "") && effect === taint.effect,
    );
  return taints.filter((taint) => taint.effect !== "PreferNoSchedule" && !tolerated(taint));
}

/** `node-role.kubernetes.io/control-plane:NoSchedule`, as kubectl writes it. */
export function taintText({ key, value, effect }: Taint): string {
  return `${key}${value === undefined ? "" : `=${value}`}:${effect}`;
}

/** A node of the cluster. */
export interface Node {
  readonly name: string;
  readonly pool: string;
  /** Cores and memory of the machine. */
  readonly capacity: Resources;
  /** Reserved for the operating system, Kubernetes and everything that this stack does not run. */
  readonly system: Resources;
  /** Most that the stack's pods may request here: the share `buffer` of capacity less `system`. */
  readonly limit: Resources;
  /** Set when the node's pool is tainted. */
  readonly taint?: TaintEffect;
  /** Taints of the node itself, besides its pool's. @default none */
  readonly taints?: readonly Taint[];
  /** What volumes of each storage class may take here, in bytes. @default not counted */
  readonly disks?: Readonly<Record<string, number>>;
  /** Share of capacity less reserve that `limit` is. @default what `limit` shows, which is rounded */
  readonly share?: number;
}

/** Share of capacity less the system's reserve that pods may request; the rest is the buffer against memory pressure. */
export const BUFFER = 0.7;

/** 70 % of capacity less system reserve: 56 Gi of a node with 96 Gi of which the system keeps 16 Gi. */
export function nodeLimit(capacity: Resources, system: Resources, share: number = BUFFER): Resources {
  const part = (of: keyof Resources) => (capacity[of] - system[of]) * share;
  return { cpu: Math.round(part("cpu") * 1000) / 1000, memory: Math.floor(part("memory")) };
}

type Placed = Pick<PodGroup, "pools" | "tolerations">;

/** A tainted node runs only groups that name its pool and tolerate the node's own taints. */
export function mayRun(group: Placed, node: Pick<Node, "pool" | "taint" | "taints">): boolean {
  return isInPools(group, node) && repelling(node.taints, group.tolerations).length === 0;
}

/** Whether a node would run a group's pods if it had no taints of its own. */
export function isInPools({ pools }: Pick<PodGroup, "pools">, node: Pick<Node, "pool" | "taint">): boolean {
  return pools.length === 0 ? node.taint === undefined : pools.includes(node.pool);
}
