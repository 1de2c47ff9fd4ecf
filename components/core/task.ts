import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { labels } from "./labels";
import { type PodArgs, podOptions, podParts, podTemplate } from "./pod";

/** Seconds that a run of a schedule may start late. */
const STARTING_DEADLINE_SECONDS = 3600;

export interface TaskArgs extends PodArgs {
  /** Cron schedule in UTC. @default runs once, and again when it changes: a Job cannot be changed in place */
  readonly schedule?: string;
  /** Retries before the task counts as failed. @default 3 */
  readonly backoffLimit?: number;
  /** Seconds after which the task is stopped. @default 3600 */
  readonly deadlineSeconds?: number;
  /** Codes of an end that another try would find again: the task has failed with the first. @default none */
  readonly finalCodes?: readonly number[];
}

/** Pods that end by themselves: a Job, or a CronJob of which only one runs at a time. */
export class Task extends pulumi.ComponentResource {
  constructor(name: string, args: TaskArgs, opts?: pulumi.ComponentResourceOptions) {
    super("lakehouse:core:Task", name, {}, opts);
    const { group, version, schedule, backoffLimit = 3, deadlineSeconds = 3600, finalCodes = [] } = args;
    const metadata = { name, namespace: group.namespace, labels: labels({ ...group, version }) };
    const options = podOptions(podParts(name, args, this), this, opts);
    const spec = {
      backoffLimit,
      activeDeadlineSeconds: deadlineSeconds,
      // An evicted pod has ended before its successor starts.
      podReplacementPolicy: "Failed",
      ...(finalCodes.length === 0
        ? {}
        : {
            podFailurePolicy: {
              rules: [{ action: "FailJob", onExitCodes: { operator: "In", values: [...finalCodes] } }],
            },
          }),
      template: podTemplate({ ...args, restartPolicy: "Never" }),
    };
    if (schedule === undefined) {
      new k8s.batch.v1.Job(name, { metadata, spec }, options);
    } else {
      new k8s.batch.v1.CronJob(
        name,
        {
          metadata,
          spec: {
            schedule,
            timeZone: "Etc/UTC",
            concurrencyPolicy: "Forbid",
            // A late run is better than none; without a deadline the controller gives up after a hundred missed runs.
            startingDeadlineSeconds: STARTING_DEADLINE_SECONDS,
            successfulJobsHistoryLimit: 1,
            failedJobsHistoryLimit: 3,
            jobTemplate: { spec },
          },
        },
        options,
      );
    }
    this.registerOutputs();
  }
}
