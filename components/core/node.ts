import type { Resources } from "./pod-group";

/** Keeps pods without the matching toleration away; the value of the taint is the pool's name. */
export type TaintEffect = "NoSchedule" | "PreferNoSchedule";

/** A machine of the cluster. */
export interface Node {
  readonly name: string;
  readonly pool: string;
  /** What the machine has. */
  readonly capacity: Resources;
  /** What the operating system, Kubernetes and everything that is not ours keep. */
  readonly system: Resources;
  /** The most that our pods may request here: `buffer` of what the system leaves. */
  readonly limit: Resources;
  /** Set when the node's pool is tainted. */
  readonly taint?: TaintEffect;
  /** What volumes of each storage class may take here, in bytes. @default not counted */
  readonly disks?: Readonly<Record<string, number>>;
}

/** The share of what the system leaves that may be requested; the rest is the buffer against memory pressure. */
export const BUFFER = 0.7;

/** 70 % of capacity less system reserve: 56 Gi of a node with 96 Gi of which the system keeps 16 Gi. */
export function nodeLimit(capacity: Resources, system: Resources, share: number = BUFFER): Resources {
  const part = (of: keyof Resources) => (capacity[of] - system[of]) * share;
  return { cpu: Math.round(part("cpu") * 1000) / 1000, memory: Math.floor(part("memory")) };
}
