import type * as pulumi from "@pulumi/pulumi";

import type { PodGroup } from "./pod-group";
import type { Service } from "./service";

/** Jobs of a queue start in this order; a later one may take the place of running ones of a lower priority. */
export const JOB_PRIORITIES = ["high", "normal", "low"] as const;
export type JobPriority = (typeof JOB_PRIORITIES)[number];

/** Where a job waits for its pods. */
export interface QueuedJob {
  readonly queue: string;
  readonly priority: JobPriority;
}

/** A toleration of the pods of one role. */
export interface RoleToleration {
  readonly key: string;
  readonly operator: "Equal";
  readonly value: string;
  readonly effect: "NoSchedule";
}

/** How the jobs of one client are queued. */
export interface Admission {
  /** Labels by which a job takes its place in a queue. */
  labels(job: QueuedJob): Readonly<Record<string, string>>;
  /** By these the pods of a role count against what the queues have for that role. */
  tolerations(role: string): readonly RoleToleration[];
  /** What is there before a job is submitted. */
  readonly after: readonly pulumi.Resource[];
}

/** Queues of jobs: one starts when all of its pods have room, so none waits for its second half while it holds the first. */
export interface JobQueues {
  /** @param roles pods of all of the client's jobs: the queues share them out */
  admit(client: Service, roles: readonly PodGroup[]): Admission;
}
