import { labels } from "../../core/labels";
import type { PodGroup } from "../../core/pod-group";
import { formatCores } from "../../core/quantity";
import type { RoleToleration } from "../../core/queueing";
import { imageFor } from "../../core/site";
import { sparkMemory, sparkSize, taskSlots } from "../spark-conf";
import { JOB_DIRECTORY, type SparkJob } from "./jobs";
import { shared } from "../../core/versions";
import type { PodTemplate, SparkRole } from "../spark-pod";

export const API_VERSION = "sparkoperator.k8s.io/v1beta2";
export const KIND = "SparkApplication";

/** Service accounts of drivers, which create executors, and of executors, which have no rights. */
export const SERVICE_ACCOUNTS: Readonly<Record<SparkRole, string>> = { driver: "spark", executor: "spark-executor" };

/** The part of a pod's specification in a SparkApplication that is used here. */
export interface SparkPod {
  /** Task slots; what the scheduler reserves is `coreRequest`. */
  readonly cores: number;
  readonly coreRequest: string;
  readonly coreLimit: string;
  /** Heap in MiB: `2457m`. */
  readonly memory: string;
  readonly memoryOverhead: string;
  readonly serviceAccount: string;
  readonly labels: Record<string, string>;
  /** By which a queue counts it against what it has for its role. */
  readonly tolerations?: readonly RoleToleration[];
  readonly template: PodTemplate;
}

export interface DynamicAllocation {
  readonly enabled: true;
  readonly initialExecutors: number;
  readonly minExecutors: number;
  readonly maxExecutors: number;
  readonly shuffleTrackingEnabled: true;
  /** Milliseconds. */
  readonly shuffleTrackingTimeout: number;
}

/** The part of SparkApplication `v1beta2` that is used here. */
export interface SparkApplicationSpec {
  readonly type: "Python";
  readonly mode: "cluster";
  readonly pythonVersion: "3";
  readonly sparkVersion: string;
  readonly image: string;
  readonly imagePullPolicy: "IfNotPresent";
  readonly imagePullSecrets?: readonly string[];
  readonly mainApplicationFile: string;
  readonly arguments: readonly string[];
  readonly sparkConf: Readonly<Record<string, string>>;
  readonly restartPolicy: { readonly type: "Never" } | typeof RETRIES;
  /** Seconds that an ended run is kept, with its driver's log. */
  readonly timeToLiveSeconds: number;
  /** Where no queue counts a run's executors beforehand. */
  readonly dynamicAllocation?: DynamicAllocation;
  readonly driver: SparkPod;
  readonly executor: SparkPod & { readonly deleteOnTermination: true; readonly instances?: number };
  /** A definition is suspended: only copies of it run. */
  readonly suspend?: true;
}

export interface ApplicationFacts {
  readonly image: string;
  readonly conf: Readonly<Record<string, string>>;
  readonly groups: Readonly<Record<SparkRole, PodGroup>>;
  readonly templates: Readonly<Record<SparkRole, PodTemplate>>;
  /** A run starts with all of its executors or not at all. @default none: it takes executors as it needs them */
  readonly queued?: Queued;
}

export interface Queued {
  executors(job: SparkJob): number;
  tolerations(role: SparkRole): readonly RoleToleration[];
}

export const SCHEDULED_KIND = "ScheduledSparkApplication";

/** Retries by the operator where no scheduler retries: of failed jobs, and of drivers that did not fit the quota. Intervals in seconds. */
const RETRIES = {
  type: "OnFailure",
  onFailureRetries: 2,
  onFailureRetryInterval: 300,
  onSubmissionFailureRetries: 12,
  onSubmissionFailureRetryInterval: 300,
} as const;

/** The part of ScheduledSparkApplication `v1beta2` that is used here. */
export interface ScheduledSparkApplicationSpec {
  readonly schedule: string;
  readonly timeZone: "UTC";
  readonly concurrencyPolicy: "Forbid";
  readonly successfulRunHistoryLimit: number;
  readonly failedRunHistoryLimit: number;
  readonly template: SparkApplicationSpec;
}

/** A job that the operator runs on a schedule, one run at a time, in stacks without a scheduler. */
export function scheduledApplication(
  job: SparkJob,
  schedule: string,
  facts: ApplicationFacts,
): ScheduledSparkApplicationSpec {
  const spec = sparkApplication(job, facts);
  const all = [...spec.arguments, ...(job.unattended ?? [])];
  return { ...scheduled(schedule), template: { ...spec, arguments: all, restartPolicy: RETRIES } };
}

/** A look on a schedule. It is not tried again: what it has found stays until the next one. */
export const scheduledLook = (
  job: SparkJob,
  schedule: string,
  facts: ApplicationFacts,
): ScheduledSparkApplicationSpec => ({ ...scheduled(schedule), template: sparkApplication(job, facts) });

/** One run at a time, in UTC. */
function scheduled(schedule: string): Omit<ScheduledSparkApplicationSpec, "template"> {
  return {
    schedule,
    timeZone: "UTC",
    concurrencyPolicy: "Forbid",
    successfulRunHistoryLimit: 1,
    failedRunHistoryLimit: 3,
  };
}

const DAY = 86_400;
const SHUFFLE_TRACKING_MINUTES = 10;

/** The application of a job. */
export function sparkApplication(job: SparkJob, facts: ApplicationFacts): SparkApplicationSpec {
  const { image, conf, groups, templates, queued } = facts;
  const { imagePullSecrets } = groups.driver.site ?? {};
  return {
    type: "Python",
    mode: "cluster",
    pythonVersion: "3",
    sparkVersion: shared.spark.version,
    image: imageFor(groups.driver, image),
    imagePullPolicy: "IfNotPresent",
    ...(imagePullSecrets === undefined ? {} : { imagePullSecrets }),
    mainApplicationFile: `local://${JOB_DIRECTORY}/${job.file}`,
    arguments: [...job.arguments],
    sparkConf: conf,
    // The scheduler retries: further retries here would multiply with its own and hide a failing job.
    restartPolicy: { type: "Never" },
    timeToLiveSeconds: DAY,
    ...(queued === undefined ? { dynamicAllocation: dynamic(job.executors ?? groups.executor.replicas) } : {}),
    driver: sparkPod("driver", groups.driver, templates.driver, queued),
    executor: {
      ...sparkPod("executor", groups.executor, templates.executor, queued),
      deleteOnTermination: true,
      ...(queued === undefined ? {} : { instances: queued.executors(job) }),
    },
  };
}

/** @param most executors of a run */
const dynamic = (most: number): DynamicAllocation => ({
  enabled: true,
  initialExecutors: Math.min(2, most),
  // One executor stays, so that the next stage does not wait for a pod.
  minExecutors: 1,
  maxExecutors: most,
  shuffleTrackingEnabled: true,
  shuffleTrackingTimeout: SHUFFLE_TRACKING_MINUTES * 60_000,
});

function sparkPod(role: SparkRole, group: PodGroup, template: PodTemplate, queued?: Queued): SparkPod {
  const memory = sparkMemory(group.limits.memory);
  return {
    cores: taskSlots(group.requests.cpu),
    coreRequest: formatCores(group.requests.cpu),
    coreLimit: formatCores(group.limits.cpu),
    memory: sparkSize(memory.heap),
    memoryOverhead: sparkSize(memory.overhead),
    serviceAccount: SERVICE_ACCOUNTS[role],
    // Not in the template: the operator gives pods the application's labels, and only these override them.
    labels: labels({ ...group, version: shared.spark.version }),
    ...(queued === undefined ? {} : { tolerations: queued.tolerations(role) }),
    template,
  };
}
