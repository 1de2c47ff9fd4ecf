import type { Monitoring } from "../../core/monitoring";
import { METRICS } from "./operator.config";
import { OPERATOR, RELEASE } from "./pods";

const job = `job="${OPERATOR}"`;

export const monitoring: Monitoring = {
  scrapes: [
    {
      role: "controller",
      ...METRICS,
      secured: { labels: { ...RELEASE, "app.kubernetes.io/component": "metrics-service" }, portName: "https" },
    },
  ],
  alerts: [
    {
      name: "KueueDown",
      expr: `absent(up{${job}} == 1)`,
      for: "5m",
      severity: "critical",
      summary: "No Kueue answers: jobs that wait stay in their queues, and no new one can be submitted.",
      test: { series: { [`up{${job}}`]: "0x15" }, at: "10m", labels: {} },
    },
    {
      name: "KueueQueueInactive",
      expr: `max by (cluster_queue) (kueue_cluster_queue_status{${job}, status!="active"}) == 1`,
      for: "10m",
      severity: "warning",
      summary: "A queue of jobs admits none: something that it refers to is missing, or it is stopped.",
      test: {
        series: {
          [`kueue_cluster_queue_status{${job}, cluster_queue="lakehouse-compute-batch", status="pending"}`]: "1x30",
        },
        at: "15m",
        labels: { cluster_queue: "lakehouse-compute-batch" },
      },
    },
    {
      name: "KueueJobsWait",
      // The oldest of them: one is admitted now and then where a queue moves.
      expr: [
        `sum by (cluster_queue) (kueue_pending_workloads{${job}}) > 0`,
        `unless on (cluster_queue) sum by (cluster_queue) (increase(kueue_admitted_workloads_total{${job}}[2h])) > 0`,
      ].join(" "),
      for: "2h",
      severity: "warning",
      summary: "Jobs wait in a queue, and none of it has started for two hours.",
      test: {
        series: {
          [`kueue_pending_workloads{${job}, cluster_queue="lakehouse-compute-batch", status="inadmissible"}`]: "3x300",
          [`kueue_admitted_workloads_total{${job}, cluster_queue="lakehouse-compute-batch"}`]: "7x300",
        },
        at: "270m",
        labels: { cluster_queue: "lakehouse-compute-batch" },
      },
    },
    {
      name: "KueueJobsSentBack",
      expr: `sum by (cluster_queue) (increase(kueue_evicted_workloads_total{${job}, reason="PodsReadyTimeout"}[1h])) > 2`,
      for: "5m",
      severity: "warning",
      summary: "Jobs were admitted, and their pods did not start: the nodes have less room than the queues.",
      test: {
        series: {
          [`kueue_evicted_workloads_total{${job}, cluster_queue="lakehouse-compute-batch", reason="PodsReadyTimeout"}`]:
            "0+1x90",
        },
        at: "70m",
        labels: { cluster_queue: "lakehouse-compute-batch" },
      },
    },
  ],
  panels: [
    {
      title: "Jobs that wait",
      expr: `sum by (cluster_queue) (kueue_pending_workloads{${job}})`,
      legend: "{{cluster_queue}}",
      unit: "short",
    },
    {
      title: "Jobs that run",
      expr: `sum by (cluster_queue) (kueue_admitted_active_workloads{${job}})`,
      legend: "{{cluster_queue}}",
      unit: "short",
    },
    {
      title: "Wait of nine in ten jobs",
      expr: `histogram_quantile(0.9, sum by (cluster_queue, le) (rate(kueue_admission_wait_time_seconds_bucket{${job}}[1h])))`,
      legend: "{{cluster_queue}}",
      unit: "s",
    },
    {
      title: "Jobs that gave their place back",
      expr: `sum by (cluster_queue, reason) (increase(kueue_evicted_workloads_total{${job}}[1h]))`,
      legend: "{{cluster_queue}} {{reason}}",
      unit: "short",
    },
  ],
};
