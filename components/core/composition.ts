/** An object of a stack: a manifest of Kubernetes, or a resource of another provider with its `type`, `minio:index/s3Bucket:S3Bucket`. */
export type StackObject = Readonly<Record<string, unknown>>;

/** What an operator or a provider makes in a cluster, for a machine without one. */
export interface StandIn {
  /** The objects that it is made from, and that stand for it where others depend on them. */
  readonly of: readonly StackObject[];
  /**
   * Workloads, Services, ConfigMaps, Secrets and network policies, in the form in which Kubernetes would have them. One of the
   * kind and name of an object of the stack replaces it.
   */
  readonly objects: readonly StackObject[];
}

/** How a system runs without Kubernetes: what stands in for its operator, or why it cannot. */
export type Composition =
  | { readonly cannot: string; readonly standIns?: never; readonly settings?: never }
  | {
      readonly cannot?: never;
      readonly standIns: (objects: readonly StackObject[]) => readonly StandIn[];
      /** Its settings on one machine, over those of the stack. @default those of the stack */
      readonly settings?: object;
    };

/** Objects of a kind of Kubernetes. */
export const ofKind = <T>(objects: readonly StackObject[], kind: string): (StackObject & T)[] =>
  objects.filter((one) => one.kind === kind) as (StackObject & T)[];

/** Resources of another provider: `postgresql`, `role`. */
export const ofProvider = <T>(objects: readonly StackObject[], provider: string, kind: string): (StackObject & T)[] =>
  objects.filter(({ type }) => String(type).startsWith(`${provider}:index/${kind}:`)) as (StackObject & T)[];
