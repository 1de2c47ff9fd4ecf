import type { Advice } from "./advice/advise";
import type { Resources } from "../components/core/pod-group";
import type { PlanChanges } from "./changes/model";

/** The plan of a stack. Pure data: printed as text, JSON, Markdown or HTML, and written to `out/<stack>/plan.json`. */
export interface Plan {
  readonly version: 1;
  readonly stack: string;
  readonly verdict: Verdict;
  readonly resources: ResourceChanges;
  /** What differs from the plan that it is compared with; absent if there is none. */
  readonly changes?: PlanChanges;
  readonly nodes: readonly NodePlan[];
  /** Pods without a node, with the reason. Empty if the stack fits. */
  readonly unplaced: readonly UnplacedPod[];
  /** Ways to make the stack fit, each of which does so alone; absent if it fits. */
  readonly advice?: readonly Advice[];
  /** Pods that stay pending while one node is lost, for each node; absent if the stack does not fit. */
  readonly losses?: readonly NodeLoss[];
  /** Volumes that the pods claim, by storage class. @default none */
  readonly volumes?: readonly VolumeReport[];
  readonly policies: PolicyReport;
  /** Hints and manual steps in addition to `pulumi up`. They do not change the verdict. @default none */
  readonly notes?: readonly string[];
  readonly cost: CostReport;
  readonly links: readonly LinkReport[];
  /** What systems may do in the object store. @default not known */
  readonly grants?: readonly GrantReport[];
  /** Systems that are on, in the order of their layers. @default not known */
  readonly systems?: readonly SystemReport[];
  /** Images, charts and libraries that they run, each once. @default not known */
  readonly programs?: readonly ProgramReport[];
  /** Web interfaces and endpoints for clients outside of the cluster. @default none */
  readonly doors?: readonly DoorReport[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

export type Verdict = "ok" | "does-not-fit" | "policy-violations";

export interface ResourceChanges {
  readonly total: number;
  /** Number of resources by Pulumi type. */
  readonly byType: Readonly<Record<string, number>>;
  /** Against the last plan of this stack in `out/`; manifest paths such as `lakehouse-query/statefulset-trino-worker`. */
  readonly create: readonly string[];
  readonly change: readonly ResourceChange[];
  readonly delete: readonly string[];
  /** Those of `delete` that hold stored data. */
  readonly deletesData?: readonly string[];
  /** Changes of a field that cannot be changed in place. */
  readonly replace: readonly ResourceChange[];
}

export interface ResourceChange {
  readonly resource: string;
  /** Paths of the fields that differ, never their values. */
  readonly fields: readonly string[];
  /** True when the change deletes or replaces stored data. */
  readonly losesData: boolean;
}

/** Bytes and cores. */
export interface Usage {
  readonly capacity: number;
  readonly system: number;
  readonly requested: number;
  readonly limit: number;
}

export interface NodePlan {
  readonly name: string;
  readonly pool: string;
  readonly memory: Usage;
  readonly cpu: Usage;
  readonly pods: readonly PlacedPod[];
}

export interface PlacedPod extends Resources {
  readonly service: string;
  readonly role: string;
  /** True for a pod that is in the cluster already: the stack does not deploy it, but it takes room. */
  readonly existing?: boolean;
}

/**
 * The missing resource: memory, cpu, disk for volumes, nodes for a `one-per-node` group (`spread`), nodes without a taint that the
 * pod does not tolerate, or nodes of the right pool.
 */
export type Shortage = "memory" | "cpu" | "volume" | "spread" | "taint" | "pool";

export interface UnplacedPod extends PlacedPod {
  /** Why each node refuses it. */
  readonly reason: string;
  readonly shortage?: Shortage;
  /** What this pod misses on the nearest node: bytes of memory or disk, or cores, as `shortage` says. */
  readonly misses?: { readonly node: string; readonly amount: number };
  /** The setting that decides its size: `lakehouse:query.trino.worker`. */
  readonly setting?: string;
  /** The smallest capacity with which this node would also hold every unplaced pod that is assigned to it here. */
  readonly needs?: NodeNeeds;
}

export interface NodeNeeds extends Resources {
  readonly node: string;
  /** Bytes by storage class, of those that have to grow. */
  readonly disks?: Readonly<Record<string, number>>;
}

export interface VolumeReport {
  readonly storageClass: string;
  readonly count: number;
  /** Bytes of all of them. */
  readonly size: number;
  /** Bytes that the nodes' disks have for them. @default not counted */
  readonly disks?: number;
}

export interface NodeLoss {
  readonly node: string;
  /** Pods that fit no other node, by group; empty if all do. */
  readonly waiting: readonly {
    readonly service: string;
    readonly role: string;
    /** Number of pods that stay pending. The group stops if it equals `of`. */
    readonly pods: number;
    /** Number of pods that run before the loss. */
    readonly of: number;
    readonly existing?: boolean;
  }[];
}

export interface PolicyReport {
  /** Number of policies without a mandatory violation. */
  readonly passed: number;
  readonly failed: readonly PolicyViolation[];
}

export interface PolicyViolation {
  readonly policy: string;
  readonly level: "advisory" | "mandatory" | "remediate" | "disabled";
  readonly resource: string;
  readonly field: string;
  readonly message: string;
}

export interface CostReport {
  /** ISO 4217. */
  readonly currency: string;
  /** The book of prices that the figures come from: its name, where it has them from, and when they were read. */
  readonly book: string;
  readonly source: string;
  readonly date: string;
  readonly monthly: number;
  /** `monthly` of the plan that this one is compared with, by the same book; absent if there is none. */
  readonly previousMonthly?: number;
  readonly lines: readonly CostLine[];
  /** The same sum by system, but for `spare` by prices of resources. The dearest comes first. */
  readonly systems: readonly SystemCost[];
  /**
   * What the machines cost beyond what pods request: `reserved` for the system and for pods of others, `buffer` against pressure,
   * `free` for more pods. By prices of systems it is a part of the lump sum for machines; absent without one.
   */
  readonly spare?: { readonly reserved: number; readonly buffer: number; readonly free: number };
}

export interface CostLine {
  readonly line: string;
  readonly monthly: number;
  /** Units with their price; empty for a lump sum. */
  readonly parts: readonly { readonly units: number; readonly unit: string; readonly each: number }[];
}

export interface SystemCost {
  readonly system: string;
  readonly layer: string;
  readonly monthly: number;
}

export interface DoorReport {
  readonly name: string;
  /** The system that it belongs to. @default not known */
  readonly system?: string;
  readonly kind: string;
  /** URL inside of the cluster. */
  readonly url: string;
  /** Command that opens it from a machine outside of the cluster. */
  readonly open: string;
  /** URL at which people outside of the cluster reach it. @default nobody does */
  readonly outside?: string;
  /** Who may pass, by what they sign in; null where nobody signs in. @default not known */
  readonly signIn?: string | null;
  /** Clients in other namespaces that may use it, `reports/app=web`. @default none */
  readonly clients?: readonly string[];
}

export interface LinkReport {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
  /** Whether the server speaks TLS alone. @default false */
  readonly tls?: boolean;
  /** The system of the pods that connect, or their own name where no system of the stack runs them. @default not known */
  readonly client?: string;
  /** The same of the pods that are connected to. @default not known */
  readonly server?: string;
  /** Network policies that open it, `lakehouse-query/trino-to-minio`. @default not known */
  readonly policies?: readonly string[];
}

/** A right of a client in the object store. */
export interface GrantReport {
  /** The client's system. */
  readonly system: string;
  /** The user in the object store, named after the service. */
  readonly user: string;
  readonly bucket: string;
  /** Ends in `/`. @default the whole bucket */
  readonly prefix?: string;
  /** `append` adds and replaces but never deletes. */
  readonly level: "read" | "append" | "write";
}

/** A system that is on. */
export interface SystemReport {
  /** As in `cost.systems`: `trino`. */
  readonly name: string;
  readonly layer: string;
  /** One sentence: what it is for. */
  readonly summary: string;
}

/** A pinned program, or an image of the settings. */
export interface ProgramReport {
  readonly kind: "image" | "chart" | "library";
  /** `docker.io/trinodb/trino`, `org.apache.iceberg:iceberg-aws` */
  readonly name: string;
  readonly version: string;
  /** SPDX identifier. @default not known: an image of the settings */
  readonly licence?: string;
  /** Systems that run it; empty for images of the settings. */
  readonly systems: readonly string[];
  /** Whether the digest is part of its name, so that no registry can change it. Images alone have one. */
  readonly locked?: boolean;
}
