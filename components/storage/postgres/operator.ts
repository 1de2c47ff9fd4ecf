import type * as pulumi from "@pulumi/pulumi";

import type { PodPeer } from "../../core/endpoint";
import { withTag } from "../../core/image";
import { Link } from "../../core/link";
import { deployedOperator, existingOperator, type Operated, Operator } from "../../core/operator";
import { placement } from "../../core/placement";
import type { Platform } from "../../core/platform";
import { type PodGroup, resourceRequirements } from "../../core/pod-group";
import { imagePartsFor, pullSecrets } from "../../core/site";
import { pins } from "./pins";
import { barmanPluginPods, cloudNativePgPods } from "./pods";
import type { PostgresSettings } from "./settings";

/** Values of both charts. The charts set the labels of name and instance. */
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

/** The CloudNativePG operator. The API server calls its webhook on the container's port. */
export function cloudNativePg(
  platform: Platform,
  settings: PostgresSettings,
  opts?: pulumi.ComponentResourceOptions,
): Operated {
  const { chart: name } = pins.cloudNativePg.chart;
  const [group] = cloudNativePgPods(platform, settings);
  if (group === undefined)
    return existingOperator(name, settings.operatorNamespace, { "app.kubernetes.io/name": name });
  const image = imagePartsFor(group, pins.cloudNativePg.image);
  return deployedOperator(
    platform,
    {
      type: "storage:CloudNativePg",
      name,
      chart: pins.cloudNativePg.chart,
      pods: [group],
      // The operator's chart has the registry in the repository, the plugin's apart from it.
      values: {
        image: { repository: `${image.registry}/${image.repository}`, tag: withTag(image) },
        ...chartValues(group),
      },
      webhook: { host: "cnpg-webhook-service", port: 9443 },
      budget: true,
    },
    opts,
  );
}

/** The Barman Cloud plugin, for backups to object storage. Its certificates come from cert-manager, which must be in the cluster. */
export function barmanPlugin(
  platform: Platform,
  settings: PostgresSettings,
  operator: PodPeer,
  opts?: pulumi.ComponentResourceOptions,
): readonly Operator[] {
  return barmanPluginPods(platform, settings).map((group) => {
    const image = (pin: string) => {
      const { registry, repository, ...rest } = imagePartsFor(group, pin);
      return { registry, repository, tag: withTag({ registry, repository, ...rest }) };
    };
    const { chart: name } = pins.barmanPlugin.chart;
    const plugin = new Operator(
      platform,
      {
        type: "storage:BarmanPlugin",
        name,
        chart: pins.barmanPlugin.chart,
        pods: [group],
        values: {
          image: image(pins.barmanPlugin.image),
          sidecarImage: image(pins.barmanSidecar.image),
          ...chartValues(group),
        },
        managed: operator.managed,
      },
      opts,
    );
    const to = plugin.port(`${name}-grpc`, "barman-cloud", 9090);
    new Link(`${operator.name}-to-${to.name}`, { from: operator, to }, { parent: plugin });
    return plugin;
  });
}
