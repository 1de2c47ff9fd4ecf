import type { LinkReport } from "../plan";

/** What differs between a plan and the one that it is compared with. Pure data without secrets; every report shows it. */
export interface PlanChanges {
  /** The plan that it is compared with: `the last plan`, `main (3f2a1b0)`. */
  readonly against: string;
  /** Every object that differs, what matters most first; undefined where only the other plan's summary is known. */
  readonly objects?: readonly ObjectChange[];
  /** What a reviewer must see, the worst first. */
  readonly harms: readonly Harm[];
  readonly images: readonly ImageChange[];
  readonly nodes: readonly NodeChange[];
  /** Volumes by storage class, in bytes. */
  readonly volumes: readonly AmountChange[];
  /** Lines of the bill, by the same prices. */
  readonly cost: readonly AmountChange[];
  readonly links: { readonly opened: readonly LinkReport[]; readonly closed: readonly LinkReport[] };
}

export interface ObjectChange {
  /** `lakehouse-query/deployment-trino-worker` */
  readonly resource: string;
  /** `Deployment`, `S3Bucket` */
  readonly kind: string;
  readonly action: "create" | "change" | "replace" | "delete";
  /** Empty for objects that are new or gone. */
  readonly fields: readonly FieldChange[];
  /** True when the change deletes or replaces stored data. */
  readonly losesData: boolean;
  /** Number of pods that restart; `operator` where an operator decides. @default none */
  readonly restarts?: number | "every node" | "operator";
}

/** A field with its values, which are `(secret)` or `(computed)` where they are. New fields have no `before`, those that are gone no `after`. */
export interface FieldChange {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
  /** The field cannot be changed in place. @default false */
  readonly replaces?: true;
}

/** `data`: stored data is at risk. `access`: somebody may do or reach more. `safety`: less protects what runs. */
export type Severity = "data" | "access" | "safety";

export interface Harm {
  readonly severity: Severity;
  readonly resource: string;
  /** `keeps versions no longer` */
  readonly text: string;
}

/** Versions of an image in the objects that use it. */
export interface ImageChange {
  readonly image: string;
  /** Empty where no object used the image before. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Number of objects. */
  readonly objects: number;
}

/** Requests of the pods on a node, in bytes and cores; absent where the node was not there, or is gone. */
export interface NodeChange {
  readonly node: string;
  readonly before?: { readonly memory: number; readonly cpu: number };
  readonly after?: { readonly memory: number; readonly cpu: number };
}

export interface AmountChange {
  readonly name: string;
  readonly before: number;
  readonly after: number;
}
