import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../cluster";
import type { PodPeer } from "../core/endpoint";
import { labels } from "../core/labels";
import type { Monitoring } from "../core/monitoring";
import { placement } from "../core/placement";
import { RESTRICTED } from "../core/pod";
import { type PodGroup, resourceRequirements } from "../core/pod-group";
import { release } from "../core/release";
import { Service } from "../core/service";
import { imagePartsFor, pullSecrets } from "../core/site";
import { charts, images, versions } from "../core/versions";
import type { Settings } from "../settings";

type KafkaSettings = Settings["streaming"]["kafka"];

/** By these the chart's own selector tells its pods, and every other way of installing the operator has them too. */
const CHART_LABELS = { "name": "strimzi-cluster-operator", "strimzi.io/kind": "cluster-operator" };
const PORT = 8080;

/** The operator that is there already: only its pods' address is needed. */
export function existingStrimzi(settings: KafkaSettings): PodPeer {
  return { kind: "pods", name: "strimzi", namespace: settings.operatorNamespace, labels: CHART_LABELS, managed: false };
}

export function strimziPods(platform: Platform, settings: KafkaSettings): PodGroup[] {
  const names = { service: "strimzi", role: "strimzi", namespace: platform.namespace("operators") };
  return [platform.podGroup(names, settings.operatorSize)];
}

/** Values of the chart, as a pure function of the size. */
export function strimziValues(group: PodGroup, watch: string): Record<string, unknown> {
  const several = group.replicas > 1;
  const image = imagePartsFor(group, images.strimzi);
  return {
    replicas: group.replicas,
    watchNamespaces: [watch],
    // The last part of its name may be part of the repository.
    image: { ...image, name: "", ...pullSecrets(group) },
    // Of what our custom resources name no image for.
    defaultImageRegistry: image.registry,
    defaultImageRepository: image.repository.split("/").slice(0, -1).join("/"),
    // Links are the only way in; the operator's own policies would open the listeners and metrics to everybody.
    generateNetworkPolicy: false,
    labels: labels({ ...group, version: versions.strimzi }),
    priorityClassName: group.priorityClass,
    ...placement(group, CHART_LABELS),
    // The namespace's quota has no room for an old pod beside its new one.
    deploymentStrategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
    podSecurityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    securityContext: RESTRICTED,
    resources: resourceRequirements(group),
    podDisruptionBudget: { enabled: several, maxUnavailable: several ? 1 : undefined, minAvailable: undefined },
    extraEnvs: [
      // Our namespaces admit restricted pods only; what its templates do not say would follow the baseline.
      { name: "STRIMZI_POD_SECURITY_PROVIDER_CLASS", value: "restricted" },
    ],
  };
}

export const strimziMonitoring: Monitoring = {
  scrapes: [{ role: "strimzi", portName: "http", port: PORT }],
  alerts: [
    {
      name: "StrimziOperatorDown",
      expr: 'absent(up{pod=~"strimzi-cluster-operator-.*"} == 1)',
      for: "10m",
      severity: "warning",
      summary: "No Strimzi operator answers: Kafka runs on, but nobody restarts, changes or renews anything of it.",
      test: { series: { 'up{pod="strimzi-cluster-operator-a"}': "0x20" }, at: "15m", labels: {} },
    },
    {
      name: "StrimziReconciliationFailing",
      expr: "sum by (kind) (increase(strimzi_reconciliations_failed_total[30m])) > 3",
      for: "10m",
      severity: "warning",
      summary: "Strimzi keeps failing to bring a resource to the state that the stack asks for.",
      test: {
        series: { 'strimzi_reconciliations_failed_total{kind="Kafka"}': "0+1x40" },
        at: "35m",
        labels: { kind: "Kafka" },
      },
    },
  ],
  panels: [
    {
      title: "Reconciliations that failed",
      expr: "sum by (kind) (rate(strimzi_reconciliations_failed_total[5m]))",
      legend: "{{kind}}",
      unit: "reqps",
    },
  ],
};

/** Runs Kafka and Kafka Connect of their custom resources. */
export class Strimzi extends Service {
  readonly release: k8s.helm.v3.Release;

  constructor(
    name: string,
    args: { readonly platform: Platform; readonly settings: KafkaSettings },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const { platform, settings } = args;
    const namespace = platform.namespace("operators");
    const pods = strimziPods(platform, settings);
    const podLabels = () => CHART_LABELS;
    super("streaming:Strimzi", name, { namespace, pods, monitoring: strimziMonitoring, podLabels }, opts);
    const toApiServer = this.link(platform.apiServer);
    const values = strimziValues(this.group("strimzi"), platform.namespace("streaming"));
    // The release waits for its pods, which are not ready before they reach the API server.
    this.release = release(
      name,
      { chart: charts.strimzi, namespace, values },
      { parent: this, dependsOn: [toApiServer] },
    );
    this.registerOutputs();
  }
}
