import type { Monitoring } from "../../core/monitoring";
import { DRIVER_METRICS_PATH, EXECUTOR_METRICS_PATH, UI_PORT } from "../spark-conf";

const UI = { role: "server", portName: "spark-ui", port: UI_PORT };
const POD = 'pod=~"spark-connect-server-.*"';
const pod = 'pod="spark-connect-server-a"';
/** Gauges as Spark's servlet spells them. */
const gauge = (name: string, of = POD) => `metrics_spark_driver_${name}_Value{${of}}`;
const executors = (name: string, of?: string) => gauge(`ExecutorAllocationManager_executors_${name}`, of);

/** Monitoring of the server and its executors; pending pods come from kube-state-metrics. */
export function sparkConnectMonitoring(namespace: string): Monitoring {
  const pending = (name: string) => `kube_pod_status_phase{namespace="${namespace}",pod${name},phase="Pending"}`;
  return {
    scrapes: [
      { ...UI, path: DRIVER_METRICS_PATH },
      { ...UI, path: EXECUTOR_METRICS_PATH },
    ],
    alerts: [
      {
        name: "SparkConnectDown",
        expr: `absent(up{${POD}} == 1)`,
        for: "5m",
        severity: "critical",
        summary: "Spark Connect does not answer: notebooks have no Spark, and their sessions are gone.",
        test: { series: { [`up{${pod}}`]: "0x20" }, at: "8m", labels: {} },
      },
      {
        name: "SparkConnectHeapFull",
        expr: `max by (pod) (${gauge("jvm_heap_usage")}) > 0.95`,
        for: "15m",
        severity: "warning",
        summary: "The heap of Spark Connect has been full for 15 minutes: it will end, with all of its sessions.",
        test: {
          series: { [gauge("jvm_heap_usage", `${pod},type="gauges"`)]: "0.97x40" },
          at: "20m",
          labels: { pod: "spark-connect-server-a" },
        },
      },
      {
        name: "SparkConnectExecutorsPending",
        expr: `sum(${pending('=~"spark-connect-.+-exec-[0-9]+"')}) > 0`,
        for: "10m",
        severity: "warning",
        summary: "Executors of Spark Connect have waited 10 minutes: their pool has no room for what its quota allows.",
        test: { series: { [pending('="spark-connect-a1-exec-1"')]: "1x20" }, at: "15m", labels: {} },
      },
      {
        name: "SparkConnectStarved",
        expr: `max(${executors("numberAllExecutors")}) == 0 and max(${executors("numberMaxNeededExecutors")}) > 0`,
        for: "5m",
        severity: "warning",
        summary: "Sessions of Spark Connect have work, and there has been no executor for 5 minutes.",
        test: {
          series: {
            [executors("numberAllExecutors", `${pod},type="gauges"`)]: "0x15",
            [executors("numberMaxNeededExecutors", `${pod},type="gauges"`)]: "4x15",
          },
          at: "10m",
          labels: {},
        },
      },
    ],
    panels: [
      { title: "Executors", expr: `max(${executors("numberAllExecutors")})`, legend: "there", unit: "short" },
      {
        title: "Executors that the work could use",
        expr: `max(${executors("numberMaxNeededExecutors")})`,
        legend: "needed",
        unit: "short",
      },
      { title: "Heap of the server", expr: `max(${gauge("jvm_heap_usage")})`, legend: "used", unit: "percentunit" },
      {
        title: "Memory of pods",
        expr: `sum by (pod) (container_memory_working_set_bytes{namespace="${namespace}",container!=""})`,
        legend: "{{pod}}",
        unit: "bytes",
      },
    ],
  };
}
