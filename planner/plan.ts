import type { Resources } from "../components/core/pod-group";

/** What a stack would be. Pure data: printed as text, JSON, Markdown or HTML, and written to `out/<stack>/plan.json`. */
export interface Plan {
  readonly version: 1;
  readonly stack: string;
  readonly verdict: Verdict;
  readonly resources: ResourceChanges;
  readonly nodes: readonly NodePlan[];
  /** Pods that no node has room for, with the reason. Empty when the stack fits. */
  readonly unplaced: readonly UnplacedPod[];
  /** What waits while one node is lost, for each node; absent where the stack does not fit. */
  readonly losses?: readonly NodeLoss[];
  readonly policies: PolicyReport;
  /** What somebody must know or do besides `pulumi up`; they change no verdict. @default none */
  readonly notes?: readonly string[];
  readonly cost: CostReport;
  readonly links: readonly LinkReport[];
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
  /** Changed in a field that cannot be changed in place. */
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
  /** True for a pod that is somebody else's: never deployed, but its room is taken. */
  readonly existing?: boolean;
}

/** What there is too little of: room, nodes for a `one-per-node` group, or nodes of the right pool. */
export type Shortage = "memory" | "cpu" | "spread" | "pool";

export interface UnplacedPod extends PlacedPod {
  readonly reason: string;
  readonly shortage?: Shortage;
  /** The smallest capacity with which this one node would take every unplaced pod that it is the best hope of. */
  readonly needs?: Resources & { readonly node: string };
}

export interface NodeLoss {
  readonly node: string;
  /** Pods that no other node takes, by group; empty where all go on. */
  readonly waiting: readonly {
    readonly service: string;
    readonly role: string;
    /** How many of them wait, of how many that run now: of all of them, what they do stands still. */
    readonly pods: number;
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
  readonly currency: "USD";
  /** The price book that the figures come from. */
  readonly book: string;
  readonly monthly: number;
  /** By the last plan of this stack; absent when there was none. */
  readonly previousMonthly?: number;
  readonly lines: readonly CostLine[];
}

export interface CostLine {
  readonly line: string;
  readonly monthly: number;
  /** How many are paid for, of what, at how much each; absent for a lump sum. */
  readonly units?: number;
  readonly unit?: string;
  readonly each?: number;
}

export interface LinkReport {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
}
