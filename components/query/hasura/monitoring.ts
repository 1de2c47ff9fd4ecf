import type { Alert, Monitoring } from "../../core/monitoring";
import type { HasuraSettings } from "./settings";

const DEPLOYMENT = 'deployment="hasura-server"';
const NAMESPACE = 'namespace="lakehouse-query"';
const CONTAINER = 'pod=~"hasura-server-.*",container="hasura"';
const POD = `${NAMESPACE},pod="hasura-server-a",container="hasura"`;
const USERS = 'usename=~"hasura(_.*)?"';
const available = (of: string) => `kube_deployment_status_replicas_available{${of}}`;
const wanted = (of: string) => `kube_deployment_spec_replicas{${of}}`;
const memory = (of: string) => `container_memory_working_set_bytes{${of}}`;
const limit = (of: string) => `kube_pod_container_resource_limits{${of},resource="memory"}`;
const BY_DEPLOYMENT = "by (namespace, deployment)";
const deployment = { namespace: "lakehouse-query", deployment: "hasura-server" };

const CHECKED = 'kube_cronjob_status_last_successful_time{cronjob="hasura-check"}';
const SCHEDULED = 'kube_cronjob_status_last_schedule_time{cronjob="hasura-check"}';
const HALF_AN_HOUR = 1800;

const servers: readonly Alert[] = [
  {
    name: "HasuraDown",
    expr: `sum ${BY_DEPLOYMENT} (${available(DEPLOYMENT)}) < 1`,
    for: "3m",
    severity: "critical",
    summary: "No replica of Hasura is ready: programs get nothing by GraphQL.",
    test: { series: { [available(`${NAMESPACE},${DEPLOYMENT}`)]: "0x10" }, at: "5m", labels: deployment },
  },
  {
    name: "HasuraReplicaMissing",
    expr: `sum ${BY_DEPLOYMENT} (${available(DEPLOYMENT)}) < sum ${BY_DEPLOYMENT} (${wanted(DEPLOYMENT)})`,
    for: "15m",
    severity: "warning",
    summary: "A replica of Hasura is not ready: the others answer for it.",
    test: {
      series: { [available(`${NAMESPACE},${DEPLOYMENT}`)]: "1x30", [wanted(`${NAMESPACE},${DEPLOYMENT}`)]: "2x30" },
      at: "20m",
      labels: deployment,
    },
  },
  {
    name: "HasuraRestarts",
    expr: `sum by (namespace, pod) (increase(kube_pod_container_status_restarts_total{${CONTAINER}}[1h])) > 2`,
    for: "5m",
    severity: "warning",
    summary: "Hasura restarts again and again: too little memory, or an issuer of tokens that does not answer.",
    test: {
      series: { [`kube_pod_container_status_restarts_total{${POD}}`]: "0+1x30" },
      at: "20m",
      labels: { namespace: "lakehouse-query", pod: "hasura-server-a" },
    },
  },
  {
    name: "HasuraMemoryFull",
    expr: `max by (namespace, pod) (${memory(CONTAINER)}) / max by (namespace, pod) (${limit(CONTAINER)}) > 0.9`,
    for: "10m",
    severity: "warning",
    summary: "Hasura has used nine tenths of its memory: beyond it the pod ends with all its subscriptions.",
    test: {
      series: { [memory(POD)]: "95x20", [limit(POD)]: "100x20" },
      at: "15m",
      labels: { namespace: "lakehouse-query", pod: "hasura-server-a" },
    },
  },
];

const metadata: readonly Alert[] = [
  {
    name: "HasuraMetadataRefused",
    expr: 'max by (namespace, job_name) (kube_job_failed{job_name="hasura-metadata",condition="true"}) > 0',
    for: "5m",
    severity: "warning",
    summary: "Hasura has refused its new metadata: it still serves the former.",
    test: {
      series: { [`kube_job_failed{${NAMESPACE},job_name="hasura-metadata",condition="true"}`]: "1x20" },
      at: "10m",
      labels: { namespace: "lakehouse-query", job_name: "hasura-metadata" },
    },
  },
  {
    name: "HasuraMetadataInconsistent",
    expr: `max by (namespace, cronjob) (${SCHEDULED}) - max by (namespace, cronjob) (${CHECKED}) > ${String(HALF_AN_HOUR)}`,
    for: "1m",
    severity: "warning",
    summary:
      "For half an hour Hasura has not answered, or its metadata have not fit the databases: tables are missing.",
    test: {
      series: {
        [CHECKED.replace("{", `{${NAMESPACE},`)]: "0x60",
        [SCHEDULED.replace("{", `{${NAMESPACE},`)]: "0+60x60",
      },
      at: "45m",
      labels: { namespace: "lakehouse-query", cronjob: "hasura-check" },
    },
  },
];

/** @param most connections of all pods to PostgreSQL, by the settings */
const connections = (most: number): Alert => ({
  name: "HasuraConnectionsUsed",
  expr: `sum(max by (datname, usename, state) (cnpg_backends_total{${USERS}})) > ${String(Math.floor(0.9 * most))}`,
  for: "10m",
  severity: "warning",
  summary: "Hasura has used nine tenths of its connections to PostgreSQL: questions wait for one another.",
  test: {
    series: {
      'cnpg_backends_total{datname="shop",usename="hasura_shop",state="active",pod="postgres-1"}': `${String(most)}x20`,
      'cnpg_backends_total{datname="shop",usename="connect",state="active",pod="postgres-1"}': "1x20",
    },
    at: "15m",
    labels: {},
  },
});

/**
 * The community's edition has no metrics of its own (`/v1/metrics` is the enterprise's), so series are those of kube-state-metrics, the
 * kubelet, and PostgreSQL.
 */
export const monitoring = ({ connections: most }: Pick<HasuraSettings, "connections">): Monitoring => ({
  scrapes: [],
  alerts: [...servers, ...metadata, connections(most)],
  panels: [
    { title: "Ready replicas", expr: `sum(${available(DEPLOYMENT)})`, legend: "ready", unit: "short" },
    {
      title: "Connections to PostgreSQL",
      expr: `sum by (usename, state) (cnpg_backends_total{${USERS}})`,
      legend: "{{usename}} {{state}}",
      unit: "short",
    },
    { title: "Memory", expr: `sum by (pod) (${memory(CONTAINER)})`, legend: "{{pod}}", unit: "bytes" },
    {
      title: "Processors",
      expr: `sum by (pod) (rate(container_cpu_usage_seconds_total{${CONTAINER}}[5m]))`,
      legend: "{{pod}}",
      unit: "short",
    },
    {
      title: "Sent and received",
      expr: 'sum by (pod) (rate(container_network_transmit_bytes_total{pod=~"hasura-server-.*"}[5m]) + rate(container_network_receive_bytes_total{pod=~"hasura-server-.*"}[5m]))',
      legend: "{{pod}}",
      unit: "Bps",
    },
    { title: "Since its metadata were seen to fit", expr: `time() - max(${CHECKED})`, legend: "seconds", unit: "s" },
  ],
});
