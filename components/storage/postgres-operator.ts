import type * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../cluster";
import { disruptionBudget } from "../core/budget";
import type { Endpoint, PodPeer } from "../core/endpoint";
import { Link } from "../core/link";
import { placement } from "../core/placement";
import { type PodGroup, resourceRequirements } from "../core/pod-group";
import { MiB } from "../core/quantity";
import { release } from "../core/release";
import { Service } from "../core/service";
import { imagePartsFor, pullSecrets } from "../core/site";
import { withTag } from "../core/image";
import { type ChartPin, charts, images } from "../core/versions";
import type { Settings } from "../settings";
import type { Size } from "../settings/fields";

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

type PostgresSettings = Settings["storage"]["postgres"];

/** The plugin is called by the operator in its own namespace only, so it stands where the operator does. */
function operatorNamespace(platform: Platform, settings: PostgresSettings): string {
  return settings.operator === "existing" ? settings.operatorNamespace : platform.namespace("operators");
}

/** The charts label their pods with the chart's name and the release's, so service, role and release are called like it. */
function chartPod(
  platform: Platform,
  settings: PostgresSettings,
  { chart }: ChartPin,
  size: Omit<Size, "pool"> & Partial<Pick<Size, "pool">>,
): PodGroup {
  const names = { service: chart, role: chart, namespace: operatorNamespace(platform, settings) };
  return platform.podGroup(names, { pool: undefined, ...size });
}

export function cloudNativePgPods(platform: Platform, settings: PostgresSettings): PodGroup[] {
  return settings.operator === "existing"
    ? []
    : [chartPod(platform, settings, charts.cloudNativePg, settings.operatorSize)];
}

/** One pod: its chart can only recreate it. */
export function barmanPluginPods(platform: Platform, settings: PostgresSettings): PodGroup[] {
  const size = { replicas: 1, cpu: 0.1, memory: 256 * MiB };
  return settings.backup.plugin === "deployed" ? [chartPod(platform, settings, charts.barmanPlugin, size)] : [];
}

/** Pods of one group, by a chart of the CloudNativePG project. */
abstract class ChartPods extends Service {
  protected readonly release: pulumi.Resource;

  protected constructor(
    type: string,
    chart: ChartPin,
    group: PodGroup,
    managed: boolean,
    platform: Platform,
    values: Readonly<Record<string, unknown>>,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(type, chart.chart, { namespace: group.namespace, pods: [group], managed }, opts);
    this.link(platform.apiServer);
    this.release = release(
      chart.chart,
      { chart, namespace: this.namespace, values: { ...values, ...chartValues(group) } },
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
    ...pullSecrets(group),
    priorityClassName: group.priorityClass,
    ...placement(group),
  };
}

/** The operator's chart has the registry in the repository, the plugin's apart from it. */
function operatorImage(group: PodGroup): Record<string, unknown> {
  const image = imagePartsFor(group, images.cloudNativePg);
  return { image: { repository: `${image.registry}/${image.repository}`, tag: withTag(image) } };
}

function pluginImage(group: PodGroup, pin: string): object {
  const image = imagePartsFor(group, pin);
  return { registry: image.registry, repository: image.repository, tag: withTag(image) };
}

/** The operator. The API server calls its webhook on the container's port. */
export class CloudNativePg extends ChartPods {
  constructor(platform: Platform, group: PodGroup, opts?: pulumi.ComponentResourceOptions) {
    super("storage:CloudNativePg", charts.cloudNativePg, group, true, platform, operatorImage(group), opts);
    const webhook = this.port("webhook", "cnpg-webhook-service", 9443);
    new Link(`api-server-to-${webhook.name}`, { from: platform.apiServer.peer, to: webhook }, { parent: this });
    disruptionBudget(this.service, group, this.peer().labels, { parent: this });
    this.registerOutputs();
  }
}

/** Backups to object storage. Its certificates come from cert-manager, which must be in the cluster. */
export class BarmanPlugin extends ChartPods {
  constructor(platform: Platform, group: PodGroup, operator: PodPeer, opts?: pulumi.ComponentResourceOptions) {
    const values = {
      image: pluginImage(group, images.barmanPlugin),
      sidecarImage: pluginImage(group, images.barmanSidecar),
    };
    super("storage:BarmanPlugin", charts.barmanPlugin, group, operator.managed, platform, values, opts);
    const to = this.port("grpc", "barman-cloud", 9090);
    new Link(`${operator.name}-to-${to.name}`, { from: operator, to }, { parent: this });
    this.registerOutputs();
  }
}
