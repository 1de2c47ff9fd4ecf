import type { Monitoring } from "../../core/monitoring";
import { DRIVER_METRICS_PATH, EXECUTOR_METRICS_PATH, UI_PORT } from "../spark-conf";

const UI = { role: "driver", portName: "spark-ui", port: UI_PORT };
/** Gauges of dynamic allocation as Spark's servlet spells them. */
const executors = (gauge: string) => `metrics_spark_driver_ExecutorAllocationManager_executors_${gauge}_Value`;

/** Monitoring of the drivers and executors of one namespace; pending pods come from kube-state-metrics. */
export function sparkMonitoring(namespace: string): Monitoring {
  const pods = (name: string, phase: string) =>
    `kube_pod_status_phase{namespace="${namespace}", pod=~"${name}", phase="${phase}"}`;
  const series = (pod: string, phase: string) =>
    `kube_pod_status_phase{namespace="${namespace}", pod="${pod}", phase="${phase}"}`;
  const waiting = "bronze-to-silver-x1-driver";
  return {
    scrapes: [
      { ...UI, path: DRIVER_METRICS_PATH },
      { ...UI, path: EXECUTOR_METRICS_PATH },
    ],
    alerts: [
      {
        name: "SparkDriverPending",
        expr: `max by (pod) (${pods(".+-driver", "Pending")}) == 1`,
        for: "5m",
        severity: "warning",
        summary: "A Spark driver has waited 5 minutes for its node, its image or its libraries.",
        test: { series: { [series(waiting, "Pending")]: "1x15" }, at: "10m", labels: { pod: waiting } },
      },
      {
        name: "SparkExecutorsPending",
        expr: `sum(${pods(".+-exec-[0-9]+", "Pending")}) > 0`,
        for: "10m",
        severity: "warning",
        summary: "Spark executors have waited 10 minutes: their pool has no room for what its quota allows.",
        test: { series: { [series("bronze-to-silver-x1-exec-1", "Pending")]: "1x20" }, at: "15m", labels: {} },
      },
      {
        name: "SparkExecutorsStarved",
        expr: `max by (pod) (${executors("numberAllExecutors")}) == 0 and max by (pod) (${executors("numberMaxNeededExecutors")}) > 0`,
        for: "5m",
        severity: "warning",
        summary:
          "A Spark driver has work and has had no executor for 5 minutes: the quota of executors is used up by others.",
        test: {
          series: {
            [`${executors("numberAllExecutors")}{pod="${waiting}", type="gauges"}`]: "0x15",
            [`${executors("numberMaxNeededExecutors")}{pod="${waiting}", type="gauges"}`]: "4x15",
          },
          at: "10m",
          labels: { pod: waiting },
        },
      },
    ],
    panels: [
      {
        title: "Executors of a driver",
        expr: `max by (pod) (${executors("numberAllExecutors")})`,
        legend: "{{pod}}",
        unit: "short",
      },
      {
        title: "Quota of memory in use",
        expr: `kube_resourcequota{namespace="${namespace}", resource="requests.memory", type="used"} / ignoring (type) kube_resourcequota{namespace="${namespace}", resource="requests.memory", type="hard"}`,
        legend: "{{resourcequota}}",
        unit: "percentunit",
      },
      {
        title: "Memory of pods",
        expr: `sum by (pod) (container_memory_working_set_bytes{namespace="${namespace}", container=~"spark-kubernetes-.*"})`,
        legend: "{{pod}}",
        unit: "bytes",
      },
    ],
  };
}
