import type { Resource } from "../core/resource";
import type { Workload } from "../workloads/types";

/** All that the pack knows of the kinds of one API group. A kind that stands nowhere here is refused. */
export interface ApiGroup {
  /** `kafka.strimzi.io`; Kubernetes' own first group is `core`. */
  readonly group: string;
  /** Kinds that make pods, and how their pods are read. @default none */
  readonly pods?: Readonly<Record<string, (resource: Resource) => Workload[]>>;
  /** Kinds that make no pods, whatever they ask for. @default none */
  readonly podless?: readonly string[];
  /** Kinds that take stored data along when they are deleted, besides those whose pods claim volumes. @default none */
  readonly holdsData?: readonly string[];
}
