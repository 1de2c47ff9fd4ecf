import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { type Endpoint, serviceEndpoint, url } from "../../core/endpoint";
import { fromSecret } from "../../core/env";
import { disruptionBudget } from "../../core/budget";
import { selector } from "../../core/labels";
import type { Platform } from "../../core/platform";
import { Service } from "../../core/service";
import { Task } from "../../core/task";
import { ADMIN_SECRET, type ElasticsearchAccess } from "./access";
import * as config from "./kibana.config";
import * as setup from "./kibana.setup";
import { kibanaMonitoring } from "./monitoring";
import { pins } from "./pins";
import { KIBANA, kibanaPods } from "./pods";
import type { ElasticsearchSettings } from "./settings";
import { USER } from "./template";

export interface KibanaArgs {
  readonly platform: Platform;
  readonly settings: ElasticsearchSettings;
  readonly access: ElasticsearchAccess;
}

const SERVER = "server";
const APPLIED = { "pulumi.com/waitFor": "jsonpath={.status.health}=green" };

/** Kibana: people sign in as users of Elasticsearch. */
export class Kibana extends Service {
  private readonly endpoint: Endpoint;

  constructor(name: string, { platform, settings, access }: KibanaArgs, opts?: pulumi.ComponentResourceOptions) {
    const facts = { namespace: platform.namespace("storage"), pods: kibanaPods(platform, settings) };
    super("storage:Kibana", name, { ...facts, monitoring: kibanaMonitoring }, opts);
    const group = this.group(SERVER);
    const keys = this.use(access.show(this), SERVER);
    this.endpoint = serviceEndpoint({ name, peer: this.peer(SERVER), service: name, port: config.PORT });
    this.link(this.endpoint, "setup");
    const server = this.custom(
      name,
      {
        apiVersion: config.API,
        kind: "Kibana",
        metadata: { ...this.metadata(name, SERVER, pins.kibana.version), annotations: APPLIED },
      },
      config.kibanaSpec(group, url(access.endpoint), keys),
      { dependsOn: this.parts },
    );
    disruptionBudget(`${name}-${SERVER}`, group, selector(group), { parent: this }, pins.kibana.version);
    new k8s.core.v1.Service(
      name,
      {
        metadata: this.metadata(name, SERVER, pins.kibana.version),
        spec: { selector: selector(group), ports: [{ name: "http", port: config.PORT, targetPort: config.PORT }] },
      },
      { parent: this },
    );
    this.setup(settings, access, server);
    this.registerOutputs({ url: url(this.endpoint) });
  }

  /** Spaces and saved dashboards. The task runs again when one of them changes. */
  private setup(settings: ElasticsearchSettings, access: ElasticsearchAccess, server: pulumi.Resource): void {
    const group = this.group("setup");
    new Task(
      `${KIBANA}-setup`,
      {
        group,
        version: pins.elasticsearch.version,
        user: USER,
        priorityClass: group.priorityClass,
        backoffLimit: 6,
        config: { objects: { mountPath: setup.OBJECTS_DIRECTORY, files: setup.objectFiles(settings) } },
        containers: [
          {
            name: "setup",
            // It has curl.
            image: pins.elasticsearch.image,
            command: ["/bin/bash", "-ec"],
            args: [setup.kibanaScript()],
            env: { KIBANA_URL: url(this.endpoint), ADMIN_PASSWORD: fromSecret(ADMIN_SECRET.secret, ADMIN_SECRET.key) },
          },
        ],
      },
      { parent: this, dependsOn: [server, ...access.parts, ...access.ready] },
    );
  }
}
