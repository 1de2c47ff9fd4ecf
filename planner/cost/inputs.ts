import type { Node } from "../../components/core/node";
import type { PodGroup } from "../../components/core/pod-group";
import type { CostReport } from "../plan";

/** Pods, and the system that they are part of. */
export interface OwnedPods {
  readonly group: PodGroup;
  readonly system: string;
  readonly layer: string;
  /** Their volumes are the object store. @default false */
  readonly keepsObjects?: boolean;
}

export interface CostInputs {
  /** TB (10^12 bytes) kept in object storage. */
  readonly objectStorageTb: number;
  /** Lump sum a month for rented machines, which books of systems' prices ask for. @default 0 */
  readonly kubernetesMonthly?: number;
  /** Machines of the stack. @default as many as its pods ask for */
  readonly nodes?: readonly Node[];
  /** Part of a machine that pods may request, where no machines are given. */
  readonly buffer?: number;
  /** Cost of the plan that this one is compared with. @default none */
  readonly previous?: CostReport;
}
