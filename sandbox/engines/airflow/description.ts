import { pins } from "../../../components/pins";
import { ONE_MACHINE } from "../allowance";
import { description } from "../description";

export const airflow = description({
  artefacts: {
    airflow: {
      what: "Airflow, with its providers",
      version: pins.airflow.version,
      from: { kind: "python", lock: "airflow/airflow.lock.txt" },
    },
    statsdExporter: {
      what: "exporter of metrics that come by StatsD",
      version: pins.statsdExporter.version,
      from: { kind: "go", module: "statsd-exporter", packages: ["github.com/prometheus/statsd_exporter"] },
    },
  },
  proofs: [
    {
      system: "Airflow with its DAG",
      from: "the DAG folder's ConfigMap, the connections' Secret and the account's Role of the dev stack with an Airflow that the stack does not install: scheduler, DAG processor and API server on the stage's database; the real Spark operator on a real API server makes each driver's pod. A stand-in for the kubelet runs the driver",
      seen: [
        "is parsed without errors, with its schedule, retries and callback",
        "retries a failing job three times, then sends an alert to Alertmanager",
        "continues after its files are repaired: gold has the day's exact totals, as PyIceberg and DuckDB read them",
        "changes nothing when it runs again for the same day",
        "sends metrics with the names that the official chart's exporter maps to those of the alerts",
        "lets a task query Trino",
        "cannot submit a job without a right of its Role",
      ],
    },
    {
      system: "Airflow of the stack's own",
      from: "the commands, variables, files and probes of all its Deployments, of the Job and the CronJob, and the pod template, on a real PostgreSQL and MinIO with the stack's roles and users; schedulers make pods on a real API server with the rendered rights, quota and Pod Security. A stand-in for the kubelet runs them, and one for Trino takes the merge's statements",
      seen: [
        "Airflow's database is prepared twice without harm, and has the administrator alone",
        "Airflow's programs are ready by their rendered probes, and know the DAGs of the stack and of the repository",
        "Airflow merges changes by itself: a pod of the template asks Trino for each statement once, without the database or a key of Airflow's",
        "Airflow keeps the logs of tasks in the object store, and its pages read them there",
        "Airflow's tasks write no other objects, and submit Spark's jobs alone",
        "Airflow's triggerer ends a task that has deferred itself",
        "Airflow's task runs on while all schedulers are killed, and is not done twice",
        "Airflow's metrics have every name that alerts and panels ask for",
        "Airflow's old runs are deleted by the rendered command",
        "Airflow's keys and administrators rotate: both generations, then the new one alone (slow)",
      ],
    },
  ],
  allowed: [
    { file: /^airflow\/AIRFLOW_CONN_LAKEHOUSE_TRINO$/, key: /^host$/, kind: "endpoint", why: ONE_MACHINE },
    { file: /^airflow\/AIRFLOW_CONN_LAKEHOUSE_TRINO$/, key: /^port$/, kind: "port", why: ONE_MACHINE },
    {
      file: /^airflow\/env$/,
      key: /^AIRFLOW_CONN_LAKEHOUSE_ALERTMANAGER$/,
      kind: "added",
      why: "the failure callback needs the connection that the owner of an Airflow adds by hand",
    },
    {
      file: /^airflow\/daily_etl\.py$/,
      key: /^retry_delay$/,
      kind: "shorter",
      why: "three delays of five minutes would be too long for a test",
    },
  ],
  absent: [["Airflow's image", "images are not in package registries; the tests run Airflow from PyPI"]],
});
