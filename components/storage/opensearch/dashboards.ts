import type * as pulumi from "@pulumi/pulumi";

import { serviceEndpoint, url } from "../../core/endpoint";
import { credentialsEnv, fromSecret } from "../../core/env";
import { password } from "../../core/password";
import type { Platform } from "../../core/platform";
import { Service } from "../../core/service";
import { Workload } from "../../core/workload";
import type { OpensearchAccess } from "./access";
import * as config from "./dashboards.config";
import { dashboardsMonitoring } from "./monitoring";
import { pins } from "./pins";
import { dashboardsPods } from "./pods";
import type { OpensearchSettings } from "./settings";

export interface DashboardsArgs {
  readonly platform: Platform;
  readonly settings: OpensearchSettings;
  readonly access: OpensearchAccess;
}

const USER = 1000;
const HOME = "/usr/share/opensearch-dashboards";

/** OpenSearch Dashboards: people sign in with the store's own users. */
export class OpensearchDashboards extends Service {
  constructor(name: string, { platform, settings, access }: DashboardsArgs, opts?: pulumi.ComponentResourceOptions) {
    const pods = dashboardsPods(platform, settings);
    super(
      "storage:OpensearchDashboards",
      name,
      { namespace: platform.namespace("storage"), pods, monitoring: dashboardsMonitoring },
      opts,
    );
    const login = this.use(access.show(this));
    this.secret("cookie", { password: password(`${name}-cookie`, this) });
    const group = this.group("server");
    const answers = { httpGet: { path: config.HEALTH, port: "http" } };
    new Workload(
      `${name}-server`,
      {
        group,
        version: pins.opensearchDashboards.version,
        user: USER,
        priorityClass: group.priorityClass,
        servicePorts: { http: { port: config.PORT } },
        serviceName: name,
        config: {
          conf: {
            mountPath: config.FILES_DIRECTORY,
            files: { "opensearch_dashboards.yml": config.dashboardsYaml(url(access.endpoint)) },
          },
        },
        containers: [
          {
            name: "dashboards",
            image: pins.opensearchDashboards.image,
            command: [`${HOME}/bin/opensearch-dashboards`],
            env: {
              OSD_PATH_CONF: config.FILES_DIRECTORY,
              NODE_OPTIONS: config.nodeOptions(group),
              ...credentialsEnv(login, "OPENSEARCH_USER", "OPENSEARCH_PASSWORD"),
              COOKIE_PASSWORD: fromSecret(`${name}-cookie`, "password"),
            },
            ports: { http: config.PORT },
            startupProbe: { ...answers, periodSeconds: 10, failureThreshold: 30, timeoutSeconds: 5 },
            readinessProbe: { ...answers, periodSeconds: 10, timeoutSeconds: 5 },
            livenessProbe: { tcpSocket: { port: "http" }, periodSeconds: 15, failureThreshold: 4 },
          },
        ],
      },
      { parent: this, dependsOn: this.parts },
    );
    const endpoint = serviceEndpoint({ name, peer: this.peer("server"), service: name, port: config.PORT });
    this.registerOutputs({ url: url(endpoint) });
  }
}
