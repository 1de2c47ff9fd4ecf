/** Tools that files are written for. */
export const PACKAGINGS = ["kustomize", "helm", "argocd", "flux"] as const;
export type Packaging = (typeof PACKAGINGS)[number];

/** The unit of namespaces, priority classes and quotas, which all others need. */
export const CLUSTER = "cluster";
/** The unit of what watches the others. */
export const OBSERVABILITY = "observability";

/** A rendered object, as `lakehouse render` writes it. */
export interface RenderedObject {
  /** Below the folder of its unit: `lakehouse-query/deployment-trino-worker.yaml`. */
  readonly path: string;
  readonly content: KubernetesObject;
}

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: unknown };
  readonly [field: string]: unknown;
}

/** A chart of an operator's project, with the values that the stack gives it. */
export interface UpstreamChart {
  /** Name of the release, from which the chart makes names and labels of its objects. */
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  readonly version: string;
  /** `https://…` or, in a registry of images, `oci://…`. */
  readonly repository: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Names of the releases that the stack waits for before it. */
  readonly after: readonly string[];
}

/** What another tool applies as a whole: a Helm release, a Flux Kustomization, an Argo CD Application. */
export interface Unit {
  /** `cluster`, the name of a system or of an operator, or `observability`. */
  readonly name: string;
  /** One sentence: what it is for. */
  readonly summary: string;
  /** Namespace of most of its objects, where Helm keeps its record of the release. */
  readonly namespace: string;
  /** Names of the units that come before it. Those that these need are left out. */
  readonly needs: readonly string[];
  readonly objects: readonly RenderedObject[];
  /** Charts that are installed after its objects, in this order. */
  readonly charts: readonly UpstreamChart[];
}

/** A Secret that the stack's pods read. Its values are nowhere but in Pulumi's encrypted state. */
export interface SecretNote {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  readonly keys: readonly string[];
  /** What its values come from, such as `random password trino-postgres`: Secrets of one source have the same value. */
  readonly sources: readonly string[];
}

/** Everything that a stack renders, ready to be written for another tool. */
export interface Contents {
  readonly stack: string;
  /** Each after the units that it needs. */
  readonly units: readonly Unit[];
  /** Nodes with the labels that the stack gives them. A tool that owned a Node would delete it one day. */
  readonly nodes: readonly RenderedObject[];
  readonly secrets: readonly SecretNote[];
  /** Texts of ExternalSecrets that make the Secrets, by path below `external-secrets/`. */
  readonly externalSecrets: ReadonlyMap<string, string>;
  /** What providers other than Kubernetes make, by kind: `postgresql Role` → `trino`. */
  readonly elsewhere: ReadonlyMap<string, readonly string[]>;
}

/** Files of a folder, by path. */
export type Files = ReadonlyMap<string, string>;
