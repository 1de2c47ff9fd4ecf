import { stringify } from "yaml";

import { type Endpoint, url } from "../../core/endpoint";
import { credentialsEnv } from "../../core/env";
import type { LogsAccess } from "../../core/telemetry";
import { DASHBOARDS_DIRECTORY, DATA_DIRECTORY } from "./pods";
import type { GrafanaSettings } from "./settings";

export const PORT = 3000;
/** Where the sidecar says how it is. */
export const SIDECAR_PORT = 8080;
export const HEALTH = "/api/health";
/** Says that the process answers, also while its database is away. */
export const ALIVE = "/healthz";
export const METRICS = { portName: "http", port: PORT } as const;
/** Where Grafana reads what is provisioned. */
export const PROVISIONING = "/etc/grafana/provisioning";
/** Labels of ConfigMaps with dashboards; those of a user's own, too. */
export const LABEL = ["grafana_dashboard", "1"] as const;

export interface Sources {
  readonly query: Endpoint;
  readonly alerts: Endpoint;
}

/** Data sources as code: nobody adds one by hand, and each keeps its UID. */
export function dataSources({ query, alerts }: Sources, logs?: LogsAccess): string {
  return stringify({
    apiVersion: 1,
    // One that is no longer here goes with its last line.
    prune: true,
    datasources: [
      {
        name: "Prometheus",
        uid: "prometheus",
        type: "prometheus",
        url: url(query),
        isDefault: true,
        ...source,
        jsonData: { timeInterval: "30s", httpMethod: "POST", prometheusType: "Prometheus" },
      },
      {
        name: "Alertmanager",
        uid: "alertmanager",
        type: "alertmanager",
        url: url(alerts),
        ...source,
        jsonData: { implementation: "prometheus" },
      },
      ...(logs === undefined ? [] : [logsSource(logs)]),
    ],
  });
}

const source = { access: "proxy", editable: false };
const LOGIN = { user: "LOGS_USER", password: "LOGS_PASSWORD" } as const;

function logsSource({ endpoint, index }: LogsAccess): object {
  if (index === undefined) return { name: "Loki", uid: "loki", type: "loki", url: url(endpoint), ...source };
  return {
    name: "Elasticsearch",
    uid: "elasticsearch",
    type: "elasticsearch",
    url: url(endpoint),
    ...source,
    basicAuth: true,
    basicAuthUser: `$${LOGIN.user}`,
    secureJsonData: { basicAuthPassword: `$${LOGIN.password}` },
    jsonData: { index, timeField: "@timestamp", logMessageField: "message", logLevelField: "level" },
  };
}

/** Variables that the data source of logs refers to. */
export function logsEnvironment(logs: LogsAccess | undefined): ReturnType<typeof credentialsEnv> {
  const { secret, userKey, passwordKey } = logs ?? {};
  if (secret === undefined || userKey === undefined || passwordKey === undefined) return {};
  return credentialsEnv({ secret, userKey, passwordKey }, LOGIN.user, LOGIN.password);
}

/** Dashboards are files, which the sidecar keeps as the ConfigMaps are. */
export const dashboardProvider = (): string =>
  stringify({
    apiVersion: 1,
    providers: [
      {
        name: "lakehouse",
        folder: "Lakehouse",
        type: "file",
        allowUiUpdates: false,
        updateIntervalSeconds: 30,
        options: { path: DASHBOARDS_DIRECTORY, foldersFromFilesStructure: false },
      },
    ],
  });

/** Settings as variables. It asks nobody outside of the cluster: neither for plugins, nor for versions, pictures or news. */
export function environment({ url: page }: GrafanaSettings): Record<string, string> {
  return {
    GF_PATHS_DATA: DATA_DIRECTORY,
    GF_PATHS_PROVISIONING: PROVISIONING,
    GF_LOG_MODE: "console",
    ...(page === undefined ? {} : { GF_SERVER_ROOT_URL: page }),
    GF_ANALYTICS_REPORTING_ENABLED: "false",
    GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
    GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: "false",
    GF_PLUGINS_PREINSTALL_DISABLED: "true",
    GF_PLUGINS_PLUGIN_ADMIN_ENABLED: "false",
    GF_SECURITY_DISABLE_GRAVATAR: "true",
    GF_NEWS_NEWS_FEED_ENABLED: "false",
    GF_SNAPSHOTS_EXTERNAL_ENABLED: "false",
    // Prometheus judges alerts; Grafana shows them.
    GF_UNIFIED_ALERTING_ENABLED: "false",
    GF_USERS_ALLOW_SIGN_UP: "false",
    GF_USERS_DEFAULT_THEME: "system",
  };
}

/** The database's part of it; user and password come of a Secret. */
export const databaseEnvironment = ({ host, port }: Endpoint, database: string): Record<string, string> => ({
  GF_DATABASE_TYPE: "postgres",
  GF_DATABASE_HOST: `${host}:${String(port)}`,
  GF_DATABASE_NAME: database,
  // The server offers TLS with a certificate of its own.
  GF_DATABASE_SSL_MODE: "require",
});

/** The sidecar watches ConfigMaps with the label, of its own namespace alone. */
export const sidecarEnvironment = (namespace: string): Record<string, string> => ({
  METHOD: "WATCH",
  LABEL: LABEL[0],
  LABEL_VALUE: LABEL[1],
  RESOURCE: "configmap",
  NAMESPACE: namespace,
  FOLDER: DASHBOARDS_DIRECTORY,
  HEALTH_PORT: String(SIDECAR_PORT),
});
