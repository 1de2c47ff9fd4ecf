import type * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../cluster";
import type { Endpoint, PodPeer } from "../core/endpoint";
import { Link } from "../core/link";
import { placement } from "../core/placement";
import { type PodGroup, resourceRequirements } from "../core/pod-group";
import { MiB } from "../core/quantity";
import { release } from "../core/release";
import { Service } from "../core/service";
import { type ChartPin, charts } from "../core/versions";
import type { Settings } from "../settings";

/** The operator that is there already: only its pods' address is needed. */
export function existingOperator(settings: Settings["storage"]["postgres"]): PodPeer {
  return {
    kind: "pods",
    name: "cloudnative-pg",
    namespace: settings.operatorNamespace,
    labels: { "app.kubernetes.io/name": "cloudnative-pg" },
    managed: false,
  };
}

/**
 * One pod from a chart of the CloudNativePG project. The charts label their pods with the chart's name and the release's,
 * so service, role and release are all called like the chart.
 */
abstract class ChartPod extends Service {
  protected readonly release: pulumi.Resource;

  protected constructor(type: string, chart: ChartPin, platform: Platform, opts?: pulumi.ComponentResourceOptions) {
    const names = { service: chart.chart, role: chart.chart, namespace: platform.namespace("operators") };
    const group = platform.podGroup(names, { replicas: 1, cpu: 0.1, memory: 256 * MiB, pool: undefined });
    super(type, chart.chart, { namespace: names.namespace, pods: [group] }, opts);
    this.link(platform.apiServer);
    this.release = release(
      chart.chart,
      { chart, namespace: this.namespace, values: chartValues(group) },
      { parent: this },
    );
  }

  protected port(name: string, host: string, port: number): Endpoint {
    const peer = this.peer();
    return { name: `${this.service}-${name}`, peer, host, port, targetPorts: [port], protocol: "TCP", scheme: "https" };
  }
}

/** Values that both charts take; name and instance labels are theirs. */
export function chartValues(group: PodGroup): Record<string, unknown> {
  return {
    replicaCount: group.replicas,
    resources: resourceRequirements(group),
    podLabels: { "app.kubernetes.io/component": "operator", "app.kubernetes.io/part-of": "lakehouse" },
    priorityClassName: group.priorityClass,
    ...placement(group),
  };
}

/** The operator. The API server calls its webhook on the container's port. */
export class CloudNativePg extends ChartPod {
  constructor(platform: Platform, opts?: pulumi.ComponentResourceOptions) {
    super("storage:CloudNativePg", charts.cloudNativePg, platform, opts);
    const webhook = this.port("webhook", "cnpg-webhook-service", 9443);
    new Link(`api-server-to-${webhook.name}`, { from: platform.apiServer.peer, to: webhook }, { parent: this });
    this.registerOutputs();
  }
}

/** Backups to object storage. Its certificates come from cert-manager, which must be in the cluster. */
export class BarmanPlugin extends ChartPod {
  constructor(platform: Platform, operator: PodPeer, opts?: pulumi.ComponentResourceOptions) {
    super("storage:BarmanPlugin", charts.barmanPlugin, platform, opts);
    const to = this.port("grpc", "barman-cloud", 9090);
    new Link(`${operator.name}-to-${to.name}`, { from: operator, to }, { parent: this });
    this.registerOutputs();
  }
}
