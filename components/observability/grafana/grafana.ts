import type * as pulumi from "@pulumi/pulumi";

import type { Database } from "../../core/capabilities";
import type { Dashboards, Logs, Metrics } from "../../core/telemetry";
import { credentialsEnv, fromSecret } from "../../core/env";
import { password } from "../../core/password";
import { accountWithRights } from "../../core/rbac";
import { Service } from "../../core/service";
import type { Facts } from "../../core/system";
import { Workload } from "../../core/workload";
import * as config from "./config";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import { GRAFANA, grafanaPods, SIDECAR } from "./pods";
import type { GrafanaSettings } from "./settings";

/** The user of the image. */
const USER = 472;

/** Dashboards of every service, with data sources and dashboards as code. */
export class Grafana extends Service implements Dashboards {
  readonly labels = { [config.LABEL[0]]: config.LABEL[1] };

  constructor(
    name: string,
    {
      platform,
      settings,
      metrics,
      database,
      logs,
    }: Facts<GrafanaSettings> & {
      readonly metrics: Metrics;
      readonly database: Database | undefined;
      readonly logs: Logs | undefined;
    },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const [group] = grafanaPods(platform, settings);
    super("observability:Grafana", name, { namespace: group.namespace, pods: [group], monitoring }, opts);
    this.link(metrics.query);
    this.link(metrics.alerts);
    // Grafana brings a data source for every store but OpenSearch, whose own Dashboards show logs.
    const shown = logs === undefined || logs.kind === "opensearch" ? undefined : this.use(logs.read(this));
    this.link(platform.apiServer);
    const kept = settings.keeps === "postgres" ? database : undefined;
    const access = kept && this.use(kept.own(this, GRAFANA));
    const admin = this.secret("admin", { username: "admin", password: password(`${name}-admin`, this) });
    // It signs what it keeps in its database, so every server has the same.
    const key = this.secret("key", { key: password(`${name}-key`, this) });
    const account = this.peer("server").name;
    const rules = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list", "watch"] }];
    const rights = accountWithRights({ metadata: this.metadata(account, "server"), rules }, this);
    const asked = { httpGet: { path: config.HEALTH, port: "http" }, timeoutSeconds: 5 };
    const watching = { httpGet: { path: "/healthz", port: "http-sidecar" }, timeoutSeconds: 5 };
    new Workload(
      account,
      {
        group,
        version: pins.grafana.version,
        user: USER,
        serviceAccount: account,
        // The sidecar's: it watches ConfigMaps.
        token: true,
        priorityClass: group.priorityClass,
        serviceName: name,
        servicePorts: { http: { port: config.PORT } },
        config: {
          "data-sources": {
            mountPath: `${config.PROVISIONING}/datasources`,
            files: { "lakehouse.yaml": config.dataSources(metrics, shown) },
          },
          "providers": {
            mountPath: `${config.PROVISIONING}/dashboards`,
            files: { "lakehouse.yaml": config.dashboardProvider() },
          },
        },
        containers: [
          {
            name: GRAFANA,
            image: pins.grafana.image,
            env: {
              ...config.environment(settings),
              GF_SECURITY_ADMIN_USER: fromSecret(`${name}-admin`, "username"),
              GF_SECURITY_ADMIN_PASSWORD: fromSecret(`${name}-admin`, "password"),
              GF_SECURITY_SECRET_KEY: fromSecret(`${name}-key`, "key"),
              ...(access && {
                ...config.databaseEnvironment(access.endpoint, access.database),
                ...credentialsEnv(access, "GF_DATABASE_USER", "GF_DATABASE_PASSWORD"),
              }),
              ...config.logsEnvironment(shown),
            },
            ports: { http: config.PORT },
            // The first start makes the tables.
            startupProbe: { ...asked, periodSeconds: 5, failureThreshold: 60 },
            readinessProbe: { ...asked, periodSeconds: 10 },
            livenessProbe: { ...asked, httpGet: { path: config.ALIVE, port: "http" }, periodSeconds: 30 },
          },
          {
            name: SIDECAR,
            image: pins.dashboardSidecar.image,
            env: config.sidecarEnvironment(group.namespace),
            ports: { "http-sidecar": config.SIDECAR_PORT },
            readinessProbe: { ...watching, periodSeconds: 10 },
            livenessProbe: { ...watching, periodSeconds: 30 },
          },
        ],
      },
      { parent: this, dependsOn: [admin, key, ...rights, ...this.parts] },
    );
    this.registerOutputs();
  }
}
