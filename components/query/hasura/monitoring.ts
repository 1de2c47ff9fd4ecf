import { jobFailed, memoryFull, nothingReady, podMissing } from "../../core/alerts";
import { deploymentPanels } from "../../core/deployment-panels";
import type { Alert, Monitoring } from "../../core/monitoring";
import type { HasuraSettings } from "./settings";

const DEPLOYMENT = "hasura-server";
const namespace = "lakehouse-query";
const CONTAINER = `pod=~"${DEPLOYMENT}-.*",container="hasura"`;
const POD = `namespace="${namespace}",pod="${DEPLOYMENT}-a",container="hasura"`;
const USERS = 'usename=~"hasura(_.*)?"';
const [READY, ...USED] = deploymentPanels(DEPLOYMENT, "hasura");

const CHECKED = 'kube_cronjob_status_last_successful_time{cronjob="hasura-check"}';
const SCHEDULED = 'kube_cronjob_status_last_schedule_time{cronjob="hasura-check"}';
const HALF_AN_HOUR = 1800;

const servers: readonly Alert[] = [
  {
    name: "HasuraDown",
    ...nothingReady(DEPLOYMENT, { namespace, at: "5m" }),
    for: "3m",
    severity: "critical",
    summary: "No replica of Hasura is ready: programs get nothing by GraphQL.",
  },
  {
    name: "HasuraReplicaMissing",
    ...podMissing(`deployment="${DEPLOYMENT}"`, { kind: "deployment", namespace, name: DEPLOYMENT }),
    for: "15m",
    severity: "warning",
    summary: "A replica of Hasura is not ready: the others answer for it.",
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
      labels: { namespace, pod: `${DEPLOYMENT}-a` },
    },
  },
  {
    name: "HasuraMemoryFull",
    ...memoryFull("hasura", 0.9, { namespace, name: DEPLOYMENT, at: "15m" }),
    for: "10m",
    severity: "warning",
    summary: "Hasura has used nine tenths of its memory: beyond it the pod ends with all its subscriptions.",
  },
];

const metadata: readonly Alert[] = [
  {
    name: "HasuraMetadataRefused",
    ...jobFailed("hasura-metadata", { namespace }),
    for: "5m",
    severity: "warning",
    summary: "Hasura has refused its new metadata: it still serves the former.",
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
        [CHECKED.replace("{", `{namespace="${namespace}",`)]: "0x60",
        [SCHEDULED.replace("{", `{namespace="${namespace}",`)]: "0+60x60",
      },
      at: "45m",
      labels: { namespace, cronjob: "hasura-check" },
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
    READY,
    {
      title: "Connections to PostgreSQL",
      expr: `sum by (usename, state) (cnpg_backends_total{${USERS}})`,
      legend: "{{usename}} {{state}}",
      unit: "short",
    },
    ...USED,
    { title: "Since its metadata were seen to fit", expr: `time() - max(${CHECKED})`, legend: "seconds", unit: "s" },
  ],
});
