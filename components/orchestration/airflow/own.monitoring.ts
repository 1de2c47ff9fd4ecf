import type { Alert, Monitoring } from "../../core/monitoring";
import { STATSD_METRICS_PORT } from "./environment";
import { dagFailed, monitoring as daily } from "./monitoring";

const AVAILABLE = "kube_deployment_status_replicas_available";

/** A program that counts its heartbeats has counted none for five minutes: the exporter keeps its last count. */
const stopped = (counter: string) => `(sum(increase(${counter}[5m])) or vector(0)) == 0`;

/** Airflow tells the slots of pools twice: by pool, and without a name whose they are. */
const ofPools = (state: "queued" | "running") => `airflow_pool_${state}_slots{pool!=""}`;

/** Names are those that Airflow 3.3's metrics have in the exporter, by the mapping in statsd.ts. */
export function ownMonitoring(namespace: string, jobs = true): Monitoring {
  const api = `${AVAILABLE}{namespace="${namespace}",deployment="airflow-api-server"}`;
  return {
    scrapes: [{ role: "statsd", portName: "metrics", port: STATSD_METRICS_PORT }],
    alerts: [
      {
        name: "AirflowApiServerDown",
        expr: `max by (deployment) (${api}) == 0`,
        for: "5m",
        severity: "critical",
        summary: "No API server of Airflow works: its pages are away, and running tasks cannot say that they are done.",
        test: { series: { [api]: "0x15" }, at: "8m", labels: { deployment: "airflow-api-server" } },
      },
      {
        name: "AirflowSchedulerStopped",
        expr: stopped("airflow_scheduler_heartbeat"),
        for: "5m",
        severity: "critical",
        summary: "No scheduler of Airflow has given a sign for ten minutes: no task is started.",
        test: { series: { airflow_scheduler_heartbeat: "0+5x20 100x30" }, at: "35m", labels: {} },
      },
      {
        name: "AirflowDagProcessorStopped",
        expr: stopped("airflow_dag_processor_heartbeat"),
        for: "10m",
        severity: "warning",
        summary: "Airflow has not read its DAGs for a quarter of an hour: changes to them do not arrive.",
        test: { series: { airflow_dag_processor_heartbeat: "0+5x20 100x30" }, at: "40m", labels: {} },
      },
      {
        name: "AirflowTriggererStopped",
        expr: stopped("airflow_triggerer_heartbeat"),
        for: "10m",
        severity: "warning",
        summary:
          "Airflow's triggerer has given no sign for a quarter of an hour: tasks that deferred themselves stay so.",
        test: { series: { airflow_triggerer_heartbeat: "0+5x20 100x30" }, at: "40m", labels: {} },
      },
      {
        name: "AirflowImportErrors",
        expr: "max(airflow_dag_processing_import_errors) > 0",
        for: "10m",
        severity: "warning",
        summary: "Airflow cannot read a file of DAGs: its DAGs are those of before, or none.",
        test: { series: { airflow_dag_processing_import_errors: "1x20" }, at: "15m", labels: {} },
      },
      {
        name: "AirflowTasksQueuedLong",
        expr: `sum by (pool) (${ofPools("queued")}) > 0`,
        for: "30m",
        severity: "warning",
        summary: "For half an hour there were tasks of Airflow without a pod: no room, or none that starts.",
        test: {
          series: { 'airflow_pool_queued_slots{pool="default_pool"}': "2x60" },
          at: "40m",
          labels: { pool: "default_pool" },
        },
      },
      {
        name: "AirflowMetricsDown",
        expr: 'absent(up{pod=~"airflow-statsd-.*"} == 1)',
        for: "5m",
        severity: "warning",
        summary: "The exporter of Airflow's metrics does not answer: whether DAGs fail is not known.",
        test: { series: { 'up{pod="airflow-statsd-a"}': "0x15" }, at: "8m", labels: {} },
      },
      ...dagAlerts(jobs),
    ],
    ...(jobs && daily.records !== undefined ? { records: daily.records } : {}),
    panels: [
      ...(jobs ? daily.panels.slice(0, 1) : []),
      {
        title: "Runs that succeed, by DAG",
        expr: "sum by (dag_id) (increase(airflow_dagrun_duration_count[1d]))",
        legend: "{{dag_id}}",
        unit: "short",
      },
      {
        title: "Runs that fail, by DAG",
        expr: "sum by (dag_id) (increase(airflow_dagrun_failed_count[1d]))",
        legend: "{{dag_id}}",
        unit: "short",
      },
      {
        title: "Duration of runs",
        expr: 'max by (dag_id) (airflow_dagrun_duration{quantile="0.99"})',
        legend: "{{dag_id}}",
        unit: "s",
      },
      { title: "Tasks that run", expr: `sum by (pool) (${ofPools("running")})`, legend: "{{pool}}", unit: "short" },
      {
        title: "Tasks that wait for a pod",
        expr: `sum by (pool) (${ofPools("queued")})`,
        legend: "{{pool}}",
        unit: "short",
      },
      {
        title: "Time to read all DAGs",
        expr: "max(airflow_dag_processing_total_parse_time)",
        legend: "all files",
        unit: "s",
      },
    ],
  };
}

/** Of every DAG, that a run has failed; of the daily pipeline also that it is late. */
function dagAlerts(jobs: boolean): Alert[] {
  return [dagFailed(), ...(jobs ? daily.alerts.filter(({ name }) => name !== "AirflowDagFailed") : [])];
}
