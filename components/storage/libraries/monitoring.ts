import { podMissing } from "../../core/alerts";
import type { Monitoring } from "../../core/monitoring";

const SET = 'statefulset="libraries-server"';
const CLAIMS = 'persistentvolumeclaim=~"libraries-libraries-server-.*"';
const claim = 'persistentvolumeclaim="libraries-libraries-server-0"';

/** nginx has no metrics of its own: names are those of kube-state-metrics, the kubelet and cAdvisor. */
export const monitoring: Monitoring = {
  scrapes: [],
  alerts: [
    {
      name: "LibrariesDown",
      expr: `sum by (namespace, statefulset) (kube_statefulset_status_replicas_ready{${SET}}) == 0`,
      for: "5m",
      severity: "critical",
      summary: "No pod serves libraries: what runs goes on, what starts waits.",
      test: {
        series: { [`kube_statefulset_status_replicas_ready{namespace="lakehouse-storage",${SET}}`]: "0x20" },
        at: "8m",
        labels: { namespace: "lakehouse-storage", statefulset: "libraries-server" },
      },
    },
    {
      name: "LibrariesReplicaMissing",
      ...podMissing(SET, { namespace: "lakehouse-storage", name: "libraries-server" }),
      for: "15m",
      severity: "warning",
      summary: "A pod that serves libraries is not ready: most often its source does not answer.",
    },
    {
      name: "LibrariesAlmostFull",
      expr: `min by (namespace) (kubelet_volume_stats_available_bytes{${CLAIMS}} / kubelet_volume_stats_capacity_bytes{${CLAIMS}}) < 0.1`,
      for: "15m",
      severity: "warning",
      summary: "A volume of libraries has less than 10 % left: those of the next release may not fit.",
      test: {
        series: {
          [`kubelet_volume_stats_available_bytes{namespace="lakehouse-storage",${claim}}`]: "5x30",
          [`kubelet_volume_stats_capacity_bytes{namespace="lakehouse-storage",${claim}}`]: "100x30",
        },
        at: "20m",
        labels: { namespace: "lakehouse-storage" },
      },
    },
    {
      name: "PodsWaitForLibraries",
      expr: 'count by (namespace) (kube_pod_init_container_status_running{container="fetch-jars"} == 1) > 0',
      for: "10m",
      severity: "warning",
      summary: "Pods have been fetching libraries for ten minutes, which takes seconds.",
      test: {
        series: {
          'kube_pod_init_container_status_running{namespace="lakehouse-catalog",pod="a",container="fetch-jars"}':
            "1x20",
        },
        at: "12m",
        labels: { namespace: "lakehouse-catalog" },
      },
    },
  ],
  panels: [
    {
      title: "Ready pods",
      expr: `sum(kube_statefulset_status_replicas_ready{${SET}})`,
      legend: "ready",
      unit: "short",
    },
    {
      title: "Sent",
      expr: 'sum by (pod) (rate(container_network_transmit_bytes_total{pod=~"libraries-server-.*"}[5m]))',
      legend: "{{pod}}",
      unit: "Bps",
    },
    {
      title: "Free space",
      expr: `min by (persistentvolumeclaim) (kubelet_volume_stats_available_bytes{${CLAIMS}})`,
      legend: "{{persistentvolumeclaim}}",
      unit: "bytes",
    },
  ],
};
