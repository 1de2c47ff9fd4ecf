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
  /** Absent if a chart or an operator chooses the image. */
  readonly image: Field;
  readonly requests: Amounts;
  readonly limits: Amounts;
  readonly security: Field;
  /** The field of a custom resource that sets the heap of its JVM. @default none */
  readonly heap?: Field;
}

/** A port on which pods listen. */
export interface Listener {
  readonly name: string;
  readonly port: number;
}

/** A connection that follows from the kind of a workload, without a host in any manifest. */
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
      /** Only the operator connects to the first port, so it identifies the caller of the others. */
      readonly ports: readonly number[];
      readonly why: string;
    };

/** Storage that a pod claims and that outlives it. */
export interface Claim {
  readonly field: Field;
  /** Bytes; undefined where it is not known. */
  readonly size: number | undefined;
  /** Undefined for the cluster's default class, or if it is unknown. */
  readonly storageClass: string | undefined;
}

/** Pods of one kind, whatever makes them: a Deployment, an operator's custom resource, a chart. */
export interface Workload {
  readonly resource: Resource;
  /** Distinguishes the workloads of one resource: `driver`, `executor`, `webhook`. Empty if there is only one. */
  readonly role: string;
  /**
   * `always`: until deleted; `daemon`: one on each node; `job`: ends by itself and comes back; `once`: ends for good;
   * `elastic`: as many as are asked for.
   */
  readonly lifetime: "always" | "daemon" | "job" | "once" | "elastic";
  /** The greatest number of pods at the same time, without `surge`. */
  readonly replicas: number;
  /** Pods that a rolling update or an operator adds for a while. @default 0 */
  readonly surge?: number;
  readonly namespace: string | undefined;
  readonly labels: Labels;
  /** The field with the labels; undefined if a chart sets them. */
  readonly labelsField: Field | undefined;
  /** The annotation maps that the stack sets on the pods. */
  readonly annotations: readonly Field[];
  /** Undefined if a chart or an operator names it. */
  readonly serviceAccount: string | undefined;
  readonly containers: readonly Container[];
  /** The pod specification, if the stack writes all of it; undefined if a chart or an operator does. */
  readonly spec: Field | undefined;
  /** Security context of the pod; meaningful with `spec`. */
  readonly security: Field;
  readonly volumes: readonly Field[];
  /** Volumes that each pod claims for itself. @default none */
  readonly claims?: readonly Claim[];
  /** Names of PersistentVolumeClaims that the pods mount, in their namespace. @default none */
  readonly mounts?: readonly string[];
  /** Names of ConfigMaps that the pods read, in their namespace. */
  readonly configMaps: readonly string[];
  readonly affinity: Field;
  readonly nodeSelector: Field;
  readonly tolerations: Field;
  readonly priorityClass: string | undefined;
  /** Ports on which the pods listen. */
  readonly listeners: readonly Listener[];
  /** Fields that may name the hosts to which these pods connect. */
  readonly texts: readonly Field[];
  /** Custom resources of the same namespace that also name hosts for these pods. @default none */
  readonly reads?: readonly {
    readonly key: string;
    readonly name?: string;
    /** A label that selects them, in place of a name. */
    readonly label?: readonly [key: string, value: string];
  }[];
  /** The API group of the resources that these pods, an operator, watch. @default none */
  readonly operates?: readonly string[];
  /** The role of the pods that these pods create: `executor` for a Spark driver. @default none */
  readonly starts?: string;
  /** The pods never mount a token, whatever their account sets. @default false */
  readonly tokenless?: boolean;
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

/** `(driver) `, before the problem in a message. */
export function rolePrefix({ role }: Workload): string {
  return role === "" ? "" : `(${role}) `;
}

/** The name in fixes such as "add a Link from X to Y". */
export function shortName({ resource, role }: Workload): string {
  return role === "" ? resource.name : `${resource.name}-${role}`;
}
