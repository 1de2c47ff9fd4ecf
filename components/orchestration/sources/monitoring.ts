import type { Alert, Monitoring } from "../../core/monitoring";

/**
 * A job is gone before anybody reads metrics of it, so all of this is of kube-state-metrics, and the job's exit code tells what has
 * happened: a Job that another try may save fails by its limit of tries, one with files in quarantine by its policy for failed pods.
 * Of that reason kube-state-metrics makes the empty one (`kube_job_status_failed`, internal/store/job.go).
 */
export function sourceMonitoring(service: string, namespace: string, freshHours: number): Monitoring {
  const jobs = `job_name=~"${service}-[0-9]+"`;
  const cronjob = `cronjob="${service}"`;
  const named = (expr: string) => `label_replace(max by (namespace) (${expr}), "cronjob", "${service}", "", "")`;
  const failed = `kube_job_failed{${jobs},condition="true"} == 1`;
  const succeeded = `kube_cronjob_status_last_successful_time{${cronjob}}`;
  // A success after it ends the alert, although the failed Job is kept to be looked at.
  const since = `kube_job_created{${jobs}} > scalar(max(${succeeded}) or vector(0))`;
  const reason = (words: string, value: string) => `kube_job_status_failed{${jobs},reason${words}} ${value}`;

  const seconds = freshHours * 3600;
  const one = `${service}-29000000`;
  const job = `namespace="${namespace}",job_name="${one}"`;
  const labels = { namespace, cronjob: service };
  const stale: Alert = {
    name: "SourceStale",
    expr: named(`time() - (${succeeded} or kube_cronjob_created{${cronjob}}) > ${String(seconds)}`),
    for: "5m",
    severity: "warning",
    summary: `No run of a source has succeeded for ${String(freshHours)} hours: nothing new of it is in the lake.`,
    test: {
      series: {
        [`kube_cronjob_status_last_successful_time{namespace="${namespace}",${cronjob}}`]: `-${String(2 * seconds)}x60`,
      },
      at: "45m",
      labels,
    },
  };
  return {
    scrapes: [],
    alerts: [
      ...(freshHours === 0 ? [] : [stale]),
      {
        name: "SourceFailing",
        expr: named(
          `(${failed} and on (namespace, job_name) ${reason('!=""', "== 1")} and on (namespace, job_name) ${since})`,
        ),
        for: "1m",
        severity: "warning",
        summary: "A run of a source has failed after all its tries: what is new there has not landed.",
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
        name: "SourceQuarantined",
        expr: named(
          `(${failed} and on (namespace, job_name) ${reason('=""', "> 0")} and on (namespace, job_name) time() - kube_job_created{${jobs}} < 86400)`,
        ),
        for: "0m",
        severity: "warning",
        summary: "Within a day a source has given files that are not what was declared: they are in quarantine.",
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
        expr: `sum by (pod) (container_memory_working_set_bytes{namespace="${namespace}",pod=~"${service}-[0-9]+-.+",container="source"})`,
        legend: "{{pod}}",
        unit: "bytes",
      },
    ],
  };
}
