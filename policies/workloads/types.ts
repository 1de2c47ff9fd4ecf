import type { Field } from "../core/field";
import type { Labels } from "../core/labels";
import type { Quantity, ResourceName } from "../core/quantity";
import type { Resource } from "../core/resource";

export type Amounts = Readonly<Record<ResourceName, Quantity>>;

export interface Container {
  readonly name: string;
  /** `sidecar`: an init container that keeps running. */
  readonly kind: "main" | "init" | "sidecar";
  /** The container, or the part of a custom resource that an operator makes it from. */
  readonly field: Field;
  /** Absent where a chart or an operator chooses it. */
  readonly image: Field;
  readonly requests: Amounts;
  readonly limits: Amounts;
  readonly security: Field;
}

/** A port that pods of an operator open without the manifest saying so. */
export interface Listener {
  readonly name: string;
  readonly port: number;
}

/** A connection that follows from the kind of a workload: no manifest names its host. */
export type ImpliedNeed =
  | { readonly to: "api-server"; readonly why: string }
  | { readonly to: "role"; readonly role: string; readonly ports: readonly number[]; readonly why: string }
  | {
      /** Pods of other resources, in the same namespace, by labels. */
      readonly to: "pods";
      readonly labels: Readonly<Record<string, string>>;
      readonly ports: readonly number[];
      readonly why: string;
    }
  | { readonly from: "api-server"; readonly port: number; readonly why: string }
  | {
      readonly from: "operator";
      /** The API group that the operator works on. */
      readonly of: string;
      /** On the first it is sure to come; the others are for the same caller. */
      readonly ports: readonly number[];
      readonly why: string;
    };

/** Storage that each of some pods claims and that outlives them. */
export interface Claim {
  readonly field: Field;
  /** Bytes; undefined where it is not known. */
  readonly size: number | undefined;
  /** Undefined: the cluster's default, or not known. */
  readonly storageClass: string | undefined;
}

/** Pods of one kind, whatever makes them: a Deployment, an operator's custom resource, a chart. */
export interface Workload {
  readonly resource: Resource;
  /** Tells several kinds of pods of one resource apart: `driver`, `executor`, `webhook`; else empty. */
  readonly role: string;
  /**
   * `always`: until deleted; `daemon`: one on each node; `job`: ends by itself and comes back; `once`: ends for good;
   * `elastic`: as many as are asked for.
   */
  readonly lifetime: "always" | "daemon" | "job" | "once" | "elastic";
  /** The greatest number at the same time. */
  readonly replicas: number;
  /** Pods that a roll or an operator adds to them for a while. @default 0 */
  readonly surge?: number;
  readonly namespace: string | undefined;
  readonly labels: Labels;
  /** Where the labels are written; undefined where a chart writes them. */
  readonly labelsField: Field | undefined;
  /** Undefined where a chart or an operator names it. */
  readonly serviceAccount: string | undefined;
  readonly containers: readonly Container[];
  /** The pod specification, where every field of it is the stack's own doing. */
  readonly spec: Field | undefined;
  /** Security context of the pod; meaningful with `spec`. */
  readonly security: Field;
  readonly volumes: readonly Field[];
  /** What each of the pods keeps on volumes of its own. @default nothing */
  readonly claims?: readonly Claim[];
  /** Names of claims that stand for themselves, in the pods' namespace. @default none */
  readonly mounts?: readonly string[];
  /** Names of ConfigMaps that the pods read, in their namespace. */
  readonly configMaps: readonly string[];
  readonly affinity: Field;
  readonly nodeSelector: Field;
  readonly tolerations: Field;
  readonly priorityClass: string | undefined;
  /** Named ports and ports that are known without a name. */
  readonly listeners: readonly Listener[];
  /** Parts of the resource in which these pods find the hosts that they connect to. */
  readonly texts: readonly Field[];
  /** Custom resources of the same namespace whose text is theirs too. @default none */
  readonly reads?: readonly {
    readonly key: string;
    readonly name?: string;
    /** A label that tells whose they are, where no name does. */
    readonly label?: readonly [key: string, value: string];
  }[];
  /** The API group whose resources these pods, an operator, work on. @default none */
  readonly operates?: string;
  readonly implied: readonly ImpliedNeed[];
}

/** `Deployment lakehouse-query/trino`, `SparkApplication lakehouse-compute/daily (executor)` */
export function title({ resource, role }: Workload): string {
  return role === "" ? resource.title : `${resource.title} (${role})`;
}

/** ` (driver)`, after the name of the resource. */
export function roleNote({ role }: Workload): string {
  return role === "" ? "" : ` (${role})`;
}

/** `(driver) `, before what is said about the pods. */
export function rolePrefix({ role }: Workload): string {
  return role === "" ? "" : `(${role}) `;
}

/** As people call it in "add a Link from X to Y". */
export function shortName({ resource, role }: Workload): string {
  return role === "" ? resource.name : `${resource.name}-${role}`;
}
