import { pins } from "../../../components/pins";
import { ONE_MACHINE } from "../allowance";
import { description } from "../description";

export const airflow = description({
  artefacts: {
    airflow: {
      what: "Airflow, with its providers for Kubernetes and Trino",
      version: "3.1.8",
      from: { kind: "python", lock: "airflow/airflow.lock.txt" },
      standsFor: {
        version: "the cluster's own",
        why: "the stack installs none; 3.2.2 is the default of the current chart",
      },
    },
    ownAirflow: {
      what: "Airflow of the stack's own, with the providers of its image that the rendered settings name",
      version: pins.airflow.version,
      extra: true,
      from: { kind: "python", lock: "airflow/own.lock.txt" },
    },
    statsdExporter: {
      what: "Prometheus' exporter of StatsD",
      version: `v${pins.statsdExporter.version}`,
      extra: true,
      from: { kind: "go", module: "statsd-exporter", packages: ["github.com/prometheus/statsd_exporter"] },
    },
    dumbInit: {
      what: "dumb-init, which the image starts everything by",
      version: "1.2.5",
      extra: true,
      from: { kind: "debian", package: "dumb-init", program: "dumb-init" },
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
      from: "all rendered objects of both namespaces of the dev stack with `mode: deployed`, the merge of changes and an owner's repository, on a real API server with controller manager and scheduler; MinIO and PostgreSQL with the stack's roles; OpenMetadata's rendered receiver of lineage by real nginx, with a stand-in for OpenMetadata's API. Pods, those of tasks too, are the API server's own; a stand-in for the kubelet runs their containers as processes of Airflow from PyPI, with their paths, variables, files, account, user and read-only root",
      seen: [
        "prepares its database by the rendered Job, and again without harm",
        "has all of its programs healthy by their rendered probes",
        "signs in the admin of the rendered Secret, and nobody else",
        "loads the delivered DAGs and the owner's, without import errors and unpaused",
        "runs a task in a pod that the executor makes, and shows its log from the object store",
        "admits no pod of a task that might be root, or that has no priority class",
        "ends a run well whose scheduler was killed in the middle",
        "tries a failing task again, and tells the failure by its metrics",
        "lets daily_etl submit Spark's job as its own account, and refuses what the Role does not have",
        "deletes what is older than keepDays by the rendered CronJob, and nothing else",
        "exposes every metric that alerts and panels of the stack ask for",
        "writes no secret into a log, a pod or an event",
        "tells its lineage of a task and of its DAG, from start to end, with what the task reads and writes",
        "tells the lineage of a task that fails",
        "gives Spark's job its task as the parent in lineage",
        "tells all events in one namespace, and without the code of tasks",
        "loses lineage, but no run, where the receiver is away",
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
  absent: [
    [
      "Airflow's chart and its image",
      "charts and images are not in package registries; the tests run Airflow from PyPI, on this machine's Python, with those of the image's providers that are used",
    ],
  ],
});
