import type { Alert, Monitoring } from "./monitoring";

/** What a system calls the ends of its CronJob's runs: the alert, and its summary. */
export interface RunWords {
  readonly stale: readonly [alert: string, summary: string];
  readonly failing: readonly [alert: string, summary: string];
  /** A code of an end that another try would find again. */
  readonly final: readonly [alert: string, summary: string];
}

export interface ScheduledJob {
  /** The CronJob's name, which its service has too. */
  readonly service: string;
  readonly namespace: string;
  readonly container: string;
  /** Hours within which a run must succeed; 0 for no promise. */
  readonly freshHours: number;
  readonly words: RunWords;
}

/**
 * A job is gone before anybody reads metrics of it, so all of this is of kube-state-metrics, and the job's exit code tells what has
 * happened: a Job that another try may save fails by its limit of tries, one with a final code by its policy for failed pods. Of that
 * reason kube-state-metrics makes the empty one (`kube_job_status_failed`, internal/store/job.go).
 */
export function scheduledJobMonitoring({
  service,
  namespace,
  container,
  freshHours,
  words,
}: ScheduledJob): Pick<Monitoring, "alerts" | "panels"> {
  const jobs = `job_name=~"${service}-[0-9]+"`;
  const cronjob = `cronjob="${service}"`;
  const named = (expr: string) => `label_replace(max by (namespace) (${expr}), "cronjob", "${service}", "", "")`;
  const failed = `kube_job_failed{${jobs},condition="true"} == 1`;
  const succeeded = `kube_cronjob_status_last_successful_time{${cronjob}}`;
  // A success after it ends the alert, although the failed Job is kept to be looked at.
  const since = `kube_job_created{${jobs}} > scalar(max(${succeeded}) or vector(0))`;
  const reason = (of: string, value: string) => `kube_job_status_failed{${jobs},reason${of}} ${value}`;

  const seconds = freshHours * 3600;
  const one = `${service}-29000000`;
  const job = `namespace="${namespace}",job_name="${one}"`;
  const labels = { namespace, cronjob: service };
  const common = { severity: "warning" } as const;
  const stale: Alert = {
    ...common,
    name: words.stale[0],
    expr: named(`time() - (${succeeded} or kube_cronjob_created{${cronjob}}) > ${String(seconds)}`),
    for: "5m",
    summary: words.stale[1],
    test: {
      series: {
        [`kube_cronjob_status_last_successful_time{namespace="${namespace}",${cronjob}}`]: `-${String(2 * seconds)}x60`,
      },
      at: "45m",
      labels,
    },
  };
  return {
    alerts: [
      ...(freshHours === 0 ? [] : [stale]),
      {
        ...common,
        name: words.failing[0],
        expr: named(
          `(${failed} and on (namespace, job_name) ${reason('!=""', "== 1")} and on (namespace, job_name) ${since})`,
        ),
        for: "1m",
        summary: words.failing[1],
        test: {
          series: {
            [`kube_job_failed{${job},condition="true"}`]: "1x20",
            [`kube_job_status_failed{${job},reason="BackoffLimitExceeded"}`]: "1x20",
            [`kube_job_status_failed{${job},reason="DeadlineExceeded"}`]: "0x20",
            [`kube_job_created{${job}}`]: "100x20",
            [`kube_cronjob_status_last_successful_time{namespace="${namespace}",${cronjob}}`]: "50x20",
          },
          at: "10m",
          labels,
        },
      },
      {
        ...common,
        name: words.final[0],
        expr: named(
          `(${failed} and on (namespace, job_name) ${reason('=""', "> 0")} and on (namespace, job_name) time() - kube_job_created{${jobs}} < 86400)`,
        ),
        for: "0m",
        summary: words.final[1],
        test: {
          series: {
            [`kube_job_failed{${job},condition="true"}`]: "1x20",
            [`kube_job_status_failed{${job},reason=""}`]: "1x20",
            [`kube_job_created{${job}}`]: "100x20",
          },
          at: "10m",
          labels,
        },
      },
    ],
    panels: [
      { title: "Since the last success", expr: `time() - ${succeeded}`, legend: "{{cronjob}}", unit: "s" },
      {
        title: "Duration of runs",
        expr: `kube_job_status_completion_time{${jobs}} - kube_job_status_start_time{${jobs}}`,
        legend: "{{job_name}}",
        unit: "s",
      },
      {
        title: "Failed runs that are kept",
        expr: `kube_job_failed{${jobs},condition="true"}`,
        legend: "{{job_name}}",
        unit: "short",
      },
      {
        title: "Memory of running jobs",
        expr: `sum by (pod) (container_memory_working_set_bytes{namespace="${namespace}",pod=~"${service}-[0-9]+-.+",container="${container}"})`,
        legend: "{{pod}}",
        unit: "bytes",
      },
    ],
  };
}
