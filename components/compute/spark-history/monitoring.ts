import type { Monitoring } from "../../core/monitoring";

const SET = 'deployment="spark-history-server"';
const AVAILABLE = `kube_deployment_status_replicas_available{${SET}}`;
const RESTARTS = 'kube_pod_container_status_restarts_total{container="spark-history"}';

/** The server has no metrics of its own: names are those of kube-state-metrics and cAdvisor. */
export const monitoring: Monitoring = {
  scrapes: [],
  alerts: [
    {
      name: "SparkHistoryDown",
      expr: `sum by (namespace, deployment) (${AVAILABLE}) == 0`,
      for: "10m",
      severity: "warning",
      summary: "The history of Spark's applications is not there; they run and write their logs all the same.",
      test: {
        series: { [`kube_deployment_status_replicas_available{namespace="lakehouse-compute",${SET}}`]: "0x20" },
        at: "15m",
        labels: { namespace: "lakehouse-compute", deployment: "spark-history-server" },
      },
    },
    {
      name: "SparkHistoryRestarting",
      expr: `sum by (namespace) (increase(${RESTARTS}[1h])) > 3`,
      for: "5m",
      severity: "warning",
      summary:
        "The history server has restarted more than three times in an hour: it cannot read its logs, or has too little memory.",
      test: {
        series: { [RESTARTS.replace("}", ',namespace="lakehouse-compute",pod="spark-history-server-a"}')]: "0+1x120" },
        at: "1h",
        labels: { namespace: "lakehouse-compute" },
      },
    },
  ],
  panels: [
    { title: "Available", expr: `sum(${AVAILABLE})`, legend: "pods", unit: "short" },
    {
      title: "Memory",
      expr: 'sum by (pod) (container_memory_working_set_bytes{container="spark-history"})',
      legend: "{{pod}}",
      unit: "bytes",
    },
    {
      title: "Read from the store",
      expr: 'sum by (pod) (rate(container_network_receive_bytes_total{pod=~"spark-history-server-.*"}[5m]))',
      legend: "{{pod}}",
      unit: "Bps",
    },
  ],
};
