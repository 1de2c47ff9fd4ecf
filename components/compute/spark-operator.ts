import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../cluster";
import { serviceEndpoint } from "../core/endpoint";
import { serviceSelector } from "../core/labels";
import { Link } from "../core/link";
import type { PodGroup } from "../core/pod-group";
import { release } from "../core/release";
import { Service } from "../core/service";
import { charts } from "../core/versions";
import type { Settings } from "../settings";
import { chartLabels, type OperatorRole, sparkOperatorValues, WEBHOOK_PORT } from "./spark-operator.config";
import { sparkOperatorMonitoring } from "./spark-operator.monitoring";

type SparkSettings = Settings["compute"]["spark"];

export interface SparkOperatorArgs {
  readonly platform: Platform;
  readonly settings: SparkSettings;
}

/** Controller and webhook, of the same size. */
export function sparkOperatorPods(platform: Platform, settings: SparkSettings): PodGroup[] {
  const names = { service: "spark-operator", namespace: platform.namespace("operators") };
  return (["controller", "webhook"] as const).map((role) => platform.podGroup({ ...names, role }, settings.operator));
}

/** Turns SparkApplications into drivers, and completes and checks what is submitted. */
export class SparkOperator extends Service {
  readonly release: k8s.helm.v3.Release;

  constructor(name: string, { platform, settings }: SparkOperatorArgs, opts?: pulumi.ComponentResourceOptions) {
    const namespace = platform.namespace("operators");
    const pods = sparkOperatorPods(platform, settings);
    // The chart labels its pods in its own way.
    const podLabels = (role: string | undefined) =>
      role === undefined ? serviceSelector(name) : chartLabels(name, role as OperatorRole);
    super("compute:SparkOperator", name, { namespace, pods, monitoring: sparkOperatorMonitoring, podLabels }, opts);

    const toApiServer = this.link(platform.apiServer);
    const webhook = serviceEndpoint({
      name: `${name}-webhook`,
      peer: this.peer("webhook"),
      service: `${name}-webhook-svc`,
      port: WEBHOOK_PORT,
      scheme: "https",
    });
    // Not a pod's connection: the API server calls the webhook for each SparkApplication and each pod of one.
    const { apiServer } = platform;
    const fromApiServer = new Link(
      `${apiServer.name}-to-${webhook.name}`,
      { from: apiServer.peer, to: webhook },
      { parent: this },
    );
    this.release = release(
      name,
      {
        chart: charts.sparkOperator,
        namespace,
        values: {
          ...sparkOperatorValues({
            release: name,
            groups: { controller: this.group("controller"), webhook: this.group("webhook") },
            jobNamespace: platform.namespace("compute"),
          }),
        },
      },
      // The release waits for its pods, which are not ready before they reach the API server.
      { parent: this, dependsOn: [toApiServer, fromApiServer] },
    );
    this.registerOutputs();
  }
}
