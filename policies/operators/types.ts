import type { Field } from "../core/field";
import type { Labels } from "../core/labels";
import type { Path, Scope } from "../core/path";
import type { Resource } from "../core/resource";
import type { Amounts, Container, Workload } from "../workloads/types";

/** A resource, with the root and the block at which paths begin. */
export interface Place extends Scope {
  readonly resource: Resource;
}

/** The record of an operator: its kinds, and the charts that install it. */
export interface Operator {
  /** Kinds by key, such as `kafka.strimzi.io/Kafka`; the core group of Kubernetes is `core`. @default none */
  readonly kinds?: Readonly<Record<string, Kind>>;
  /** Names of kinds that make no pods and need no other property, by group. @default none */
  readonly podless?: Readonly<Record<string, readonly string[]>>;
  /** Charts by name. @default none */
  readonly charts?: Readonly<Record<string, Chart>>;
}

/** The record of one kind. */
export interface Kind {
  /** Pods that the operator makes from it; empty if none. A function computes the records from the resource. */
  readonly pods: Pods | readonly Pods[] | ((resource: Resource) => readonly Pods[]);
  /** Services that the operator makes. @default none */
  readonly services?: readonly MadeService[];
  /**
   * Where the data lies that is deleted with the resource: in its own pods, or elsewhere.
   * @default only data on volumes that its pods claim
   */
  readonly holdsData?: "in its pods" | "elsewhere";
  /** Kinds of the same namespace whose data is accessible through these pods. @default none */
  readonly leadsTo?: readonly string[];
  /** Services and listeners that the operator may make for clients outside of the cluster. @default none */
  readonly doors?: readonly Door[];
  /** Containers that the operator adds to pods that read the resource. @default none */
  readonly adds?: readonly MadeContainer[];
  /** Path of the bucket to which backups are written. @default none */
  readonly backups?: Path;
  /** Paths of a bucket claim's policy and lifecycle, both JSON. @default it claims no bucket */
  readonly bucket?: { readonly policy: Path; readonly lifecycle: Path };
  /** Name of the Secret into which the operator writes the keys of the object store's user. @default it is no user */
  readonly keys?: Text;
  /** Hosts in the resource imply no connections. @default false */
  readonly silent?: boolean;
}

/** A text with paths in braces: `{name}-rw`, `{spec.store}`. `{name}` is the resource's name, `{key}` the key of the entry in `at`. */
export type Text = string;

/** Paths of one field: the first that is not absent counts. An empty list means that the field is absent. */
export type First = Path | readonly Path[];
/** Paths of several fields: all of them count. */
export type Every = Path | readonly Path[];

/**
 * Equal pods that an operator makes from a resource. A property that is left out defaults to the field of the same name in
 * Kubernetes, read from `pod`.
 */
export interface Pods {
  /** The block that describes them. With `*` in the path, each entry describes pods of its own. @default "spec" */
  readonly at?: Path;
  /** The pods exist only if this field is present. @default they exist */
  readonly when?: Path;
  /** The pods exist unless this field is false. @default they exist */
  readonly enabled?: Path;
  /** Distinguishes the pods of one resource. @default "" */
  readonly role?: Text;
  /** @default "always" */
  readonly lifetime?: Workload["lifetime"];
  /** @default `.replicas` of the block; 1 if it is absent */
  readonly replicas?: number | First | ((place: Place) => number);
  /** Pods that a rolling update or the operator adds for a while: a number, or the strategy. @default 0 */
  readonly surge?: number | Strategy;

  /** Labels that the operator sets; null for a value that is unknown. @default none */
  readonly labels?: Readonly<Record<string, Text | null>> | ((place: Place) => Labels);
  /** Label maps that the stack sets. Later maps win, and all win over the operator's. @default those of `template` */
  readonly labelsAt?: Every;

  /** Annotation maps that the stack sets. @default the neighbours of `labelsAt`: `podAnnotations` of `podLabels` */
  readonly annotationsAt?: Every;

  /** A PodTemplateSpec. @default none */
  readonly template?: First;
  /** The block with fields of a PodSpec: `affinity`, `volumes`, `containers`. @default `spec` of `template`, else `at` */
  readonly pod?: First;
  /** Whether security is judged, because the stack sets it. False if the operator sets it. @default true */
  readonly judged?: boolean;
  /** Containers that the operator makes. They replace `written` containers of the same name. @default none */
  readonly containers?: readonly MadeContainer[];
  /** Containers that the stack writes in Kubernetes' form. @default `initContainers` and `containers` of `pod` */
  readonly written?: Every;
  readonly serviceAccount?: First;
  readonly security?: First;
  readonly affinity?: First;
  readonly nodeSelector?: First;
  readonly tolerations?: First;
  readonly priorityClass?: First;
  readonly volumes?: Every;
  /** Volumes that each pod claims for itself. @default none */
  readonly claims?: readonly MadeClaim[];
  /** Names of ConfigMaps that they read, in addition to those of volumes and containers. @default none */
  readonly configMaps?: Every;

  /** Ports on which they listen, in addition to those of containers. @default none */
  readonly ports?: readonly Port[];
  /** Fields that may name hosts, besides commands, arguments and variables of containers. @default none with a `template`, else all of `at` */
  readonly texts?: Every | ((place: Place) => readonly Field[]);
  /** Resources of the same namespace that also name hosts for these pods. @default none */
  readonly reads?: readonly Reading[];
  /** Connections that follow from the kind. @default none */
  readonly needs?: readonly Need[];
  /** API groups of the resources that these pods, an operator, watch. @default none */
  readonly operates?: string | readonly string[];
  /** The role of the pods that these pods create. @default none */
  readonly starts?: string;
  /** The pods never mount a token, whatever their account sets. @default false */
  readonly tokenless?: boolean;
}

/** The strategy by which a rolling update replaces pods. */
export interface Strategy {
  readonly strategy: First;
  /** Number of pods that a rolling update adds if the strategy has no type. @default Kubernetes' 25 %, rounded up */
  readonly defaultSurge?: number;
}

export interface MadeContainer {
  readonly name: Text;
  /** @default "main" */
  readonly kind?: Container["kind"];
  /** The block from which the operator makes it. @default the block of the pods */
  readonly at?: First;
  /** @default `image` in `at`; the other paths default likewise */
  readonly image?: First;
  readonly resources?: First;
  /** Requests and limits, if the operator computes them. @default those of `resources` */
  readonly size?: (place: Place) => { readonly requests: Amounts; readonly limits: Amounts };
  readonly security?: First;
  /** The field with the heap of its JVM, or with all JVM options. @default none */
  readonly heap?: First;
}

/** Volumes that pods claim. Relative paths begin at the claim. */
export interface MadeClaim {
  readonly at: Every;
  /** @default `.spec.resources.requests.storage` */
  readonly size?: First;
  /** @default `.spec.storageClassName` */
  readonly storageClass?: First;
}

/** A port. Without a number, and without its setting in the resource, it is random and no policy is required for it. */
export interface Port {
  /** @default "" */
  readonly name?: string;
  /** The number if the setting is absent. */
  readonly port?: number;
  /** Path of the setting with the number. @default it cannot be set */
  readonly at?: Path;
  /** The port is open only if this field is present. @default always */
  readonly when?: Path;
}

export interface MadeService {
  readonly name: Text;
  readonly ports: readonly Port[];
  /** Labels that it selects. @default all pods of the resource */
  readonly pods?: Readonly<Record<string, Text>>;
}

export interface Reading {
  readonly kind: string;
  /** Names of the resources. @default all */
  readonly names?: (place: Place) => readonly string[];
  /** A label that the resources must have. @default none */
  readonly label?: readonly [key: string, value: Text];
}

/** A connection without a host in any manifest. `why` follows "needs X" in messages. */
export type Need = {
  readonly why: string;
  /** The connection exists only if this field is present, or the function returns true. @default always */
  readonly when?: Path | ((place: Place) => boolean);
} & (
  | { readonly to: "api-server" }
  /** Pods of a role of the same resource. For the pods' own role, only if there are several. */
  | { readonly to: "role"; readonly role: string; readonly ports: readonly Port[] }
  | { readonly to: "pods"; readonly labels: Readonly<Record<string, Text>>; readonly ports: readonly Port[] }
  | { readonly from: "api-server"; readonly port: Port }
  /** The operator of this kind. Only the operator connects to the first port, so it identifies the caller of the others. */
  | { readonly from: "operator"; readonly ports: readonly Port[] }
);

/** Access from outside of the cluster: Service specifications, or listeners in a custom resource. */
export type Door = { readonly at: Path; readonly pods?: Readonly<Record<string, Text>> } & (
  | { readonly is: "service" }
  | {
      readonly is: "listener";
      /** Values of `type` that expose the pods outside of the cluster directly. */
      readonly exposed: readonly string[];
      /** Values of `type` that clients reach only inside of the cluster; all others require `tls`. */
      readonly inside: readonly string[];
    }
);

/** The record of a chart: pods that its templates make, and the values that change them. */
export interface Chart {
  /** Whether its pods are an operator, which needs the API server. */
  readonly operator: boolean;
  /** API groups of the resources that the operator watches, and to whose pods it connects. @default none */
  readonly operates?: string | readonly string[];
  readonly pods: readonly ChartPods[];
}

export interface ChartPods {
  /** @default "" */
  readonly role?: string;
  /** Path in the values of the block with `resources`, `affinity`, `nodeSelector`, `tolerations`. @default the top */
  readonly at?: string;
  /** Path in the values of the block with `resources`, and most often the priority class, where it is another one. @default `at` */
  readonly sizedAt?: string;
  /** Key of the replicas, in that block or at the top. @default "replicaCount" */
  readonly replicas?: string;
  /** Key of additional labels in that block. @default "podLabels" */
  readonly labelsAt?: string;
  /** Labels that the chart always sets, in addition to name and instance. @default none */
  readonly labels?: Readonly<Record<string, string>>;
  readonly ports: readonly Port[];
  /** Key of the strategy in the values. @default none */
  readonly strategy?: string;
  /** Number of pods that a rolling update adds if the values set no strategy type. @default Kubernetes' 25 % */
  readonly surge?: number;
  /** Key in the block that disables the pods. @default they cannot be disabled */
  readonly enabled?: string;
  /** Path in the values that disables them, where it is in another block. @default `enabled` of the block */
  readonly enabledAt?: string;
  /** Connections of these pods, besides those of an operator. @default none */
  readonly needs?: readonly Need[];
  /** Whether the pods are the operator itself; false for a separate webhook. @default true */
  readonly operates?: boolean;
  /** The port on which the API server calls a webhook; `at` is a path in the values. @default none */
  readonly webhook?: { readonly at: string; readonly port: number };
}
