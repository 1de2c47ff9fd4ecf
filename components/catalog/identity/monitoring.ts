import { jobFailed, memoryFull, nothingReady, podMissing } from "../../core/alerts";
import { deploymentPanels } from "../../core/deployment-panels";
import type { Alert, Monitoring } from "../../core/monitoring";
import { METRICS } from "./config";
import { SERVER, SERVICE } from "./pods";

const DEPLOYMENT = "keycloak-server";
const namespace = "lakehouse-identity";
const EVENTS = "keycloak_user_events_total";
const LOGINS = `${EVENTS}{event="login",realm="lakehouse"`;
const [READY, ...USED] = deploymentPanels(DEPLOYMENT, SERVICE);

/** Share of sign-ins that fail, and how many there must be in a quarter of an hour for it to say anything. */
const FAILING = { share: 0.5, least: 20 } as const;

const servers: readonly Alert[] = [
  {
    name: "KeycloakDown",
    ...nothingReady(DEPLOYMENT, { namespace, at: "8m" }),
    for: "3m",
    severity: "critical",
    summary: "No replica of Keycloak is ready: nobody signs in, and sessions end one after the other.",
  },
  {
    name: "KeycloakReplicaMissing",
    ...podMissing(`deployment="${DEPLOYMENT}"`, { kind: "deployment", namespace, name: DEPLOYMENT, at: "25m" }),
    for: "20m",
    severity: "warning",
    summary: "A replica of Keycloak is not ready: the others sign people in.",
  },
  {
    name: "KeycloakMemoryFull",
    ...memoryFull(SERVICE, 0.95, { namespace, name: DEPLOYMENT }),
    for: "15m",
    severity: "warning",
    summary: "Keycloak has nearly used its memory: beyond it the pod ends.",
  },
];

const signIns: readonly Alert[] = [
  {
    name: "KeycloakSignInsFail",
    expr: `sum(increase(${LOGINS},error!=""}[15m])) > ${String(FAILING.share)} * sum(increase(${LOGINS}}[15m])) and sum(increase(${LOGINS}}[15m])) >= ${String(FAILING.least)}`,
    for: "0m",
    severity: "warning",
    summary: "More than half of the sign-ins fail: somebody guesses passwords, or a client's secret is not Keycloak's.",
    test: {
      series: {
        [`${LOGINS},error="invalid_user_credentials",client_id="jupyterhub"}`]: "0+3x30",
        [`${LOGINS},error="",client_id="jupyterhub"}`]: "0+1x30",
      },
      at: "20m",
      labels: {},
    },
  },
  {
    name: "KeycloakSetupFailed",
    ...jobFailed("keycloak-setup", { namespace }),
    for: "5m",
    severity: "warning",
    summary:
      "Keycloak's people, groups and clients are not those of the settings: who was taken out may still sign in.",
  },
  {
    name: "KeycloakConnectionsWait",
    expr: 'max by (namespace, pod) (agroal_awaiting_count{datasource="default",pod=~"keycloak-server-.*"}) > 0',
    for: "5m",
    severity: "warning",
    summary: "Requests to Keycloak wait for a connection to PostgreSQL: its pool is used, or PostgreSQL is slow.",
    test: {
      series: {
        [`agroal_awaiting_count{datasource="default",namespace="${namespace}",pod="keycloak-server-a"}`]: "3x30",
      },
      at: "10m",
      labels: { namespace, pod: "keycloak-server-a" },
    },
  },
];

/** Names are those of Keycloak 26.7. */
export const monitoring: Monitoring = {
  scrapes: [{ role: SERVER, ...METRICS }],
  alerts: [...servers, ...signIns],
  panels: [
    READY,
    {
      title: "Sign-ins",
      expr: `sum by (client_id, error) (increase(${LOGINS}}[5m]))`,
      legend: "{{client_id}} {{error}}",
      unit: "short",
    },
    {
      title: "Tokens given",
      expr: `sum by (client_id) (rate(${EVENTS}{event=~"code_to_token|refresh_token",realm="lakehouse",error=""}[5m]))`,
      legend: "{{client_id}}",
      unit: "ops",
    },
    {
      title: "Connections to PostgreSQL",
      expr: 'sum by (pod) (agroal_active_count{datasource="default",pod=~"keycloak-server-.*"})',
      legend: "{{pod}}",
      unit: "short",
    },
    ...USED,
  ],
};
