import { withTag } from "../../core/image";
import { placement } from "../../core/placement";
import { type PodGroup, resourceRequirements } from "../../core/pod-group";
import { podSecurity, RESTRICTED } from "../../core/pod-security";
import { imagePartsFor, pullSecrets } from "../../core/site";
import { pins } from "./pins";
import { CHART_LABELS, NODE_EXPORTER, OPERATOR, STATE_METRICS } from "./pods";

export const OPERATOR_METRICS = { portName: "http", port: 8080 } as const;
export const STATE_METRICS_PORT = { portName: "http", port: 8080 } as const;
export const NODE_EXPORTER_METRICS = { portName: "metrics", port: 9100 } as const;
/** `nobody` of the images. */
const USER = 65_534;

const OFF = { enabled: false } as const;

/** The charts differ in how they take a digest, so the tag has it. */
function imageOf(group: PodGroup, name: string) {
  const parts = imagePartsFor(group, name);
  return { registry: parts.registry, repository: parts.repository, tag: withTag(parts) };
}

/** Where Thanos is by the cluster's mirrors; the version is the chart's. */
function thanosOf(group: PodGroup) {
  const { registry, repository } = imagePartsFor(group, "quay.io/thanos/thanos:chart");
  return { registry, repository };
}

/** Values of kube-prometheus-stack: the operator and kube-state-metrics. Everything else that the chart can make is described by the stack. */
export function operatorValues(operator: PodGroup, stateMetrics: PodGroup): Record<string, unknown> {
  return {
    // Another chart has the CRDs, so that they outlive the operator and are upgraded with it.
    "crds": OFF,
    "defaultRules": { create: false },
    "prometheus": OFF,
    "alertmanager": OFF,
    "grafana": OFF,
    "nodeExporter": OFF,
    "kubernetesServiceMonitors": OFF,
    "global": pullSecrets(operator),
    "prometheusOperator": {
      fullnameOverride: OPERATOR,
      // Rules and monitors are checked before they are deployed. A webhook would stop every change while the operator is away.
      admissionWebhooks: OFF,
      tls: OFF,
      // The stack's Prometheus finds kubelets by itself.
      kubeletService: OFF,
      kubeletEndpointsEnabled: false,
      serviceMonitor: { selfMonitor: false },
      image: imageOf(operator, pins.prometheusOperator.image),
      // No pod runs it; the operator is told where it would be.
      thanosImage: thanosOf(operator),
      prometheusConfigReloader: { image: imageOf(operator, pins.prometheusReloader.image) },
      priorityClassName: operator.priorityClass,
      ...placement(operator, CHART_LABELS[OPERATOR]),
      resources: resourceRequirements(operator),
      // The namespace's quota has no room for an old pod beside its new one.
      strategy: { type: "Recreate" },
      securityContext: podSecurity(USER),
      containerSecurityContext: RESTRICTED,
    },
    "kube-state-metrics": {
      image: imageOf(stateMetrics, pins.kubeStateMetrics.image),
      priorityClassName: stateMetrics.priorityClass,
      ...placement(stateMetrics, CHART_LABELS[STATE_METRICS]),
      resources: resourceRequirements(stateMetrics),
      updateStrategy: "Recreate",
      prometheus: { monitor: OFF },
      prometheusScrape: false,
      // What alerts and dashboards ask for. Secrets and ConfigMaps are not among it, so it may not list them.
      collectors: COLLECTORS,
      securityContext: { enabled: true, ...podSecurity(USER) },
      containerSecurityContext: RESTRICTED,
    },
  };
}

const COLLECTORS = [
  "cronjobs",
  "daemonsets",
  "deployments",
  "jobs",
  "limitranges",
  "namespaces",
  "nodes",
  "persistentvolumeclaims",
  "persistentvolumes",
  "poddisruptionbudgets",
  "pods",
  "replicasets",
  "resourcequotas",
  "services",
  "statefulsets",
  "storageclasses",
];

/**
 * Values of the node exporter's chart. It reads the node's /proc, /sys and file systems, without the node's network and processes: its
 * port is then reached through network policies alone. Counters of the node's own network cards are what it cannot see so.
 */
export function exporterValues(group: PodGroup): Record<string, unknown> {
  return {
    nameOverride: NODE_EXPORTER,
    fullnameOverride: NODE_EXPORTER,
    image: { ...imageOf(group, pins.nodeExporter.image), distroless: false },
    // Of the image, which the chart cannot read from a tag with a digest.
    version: pins.nodeExporter.version,
    ...pullSecrets(group),
    hostNetwork: false,
    hostPID: false,
    service: { enabled: false, port: NODE_EXPORTER_METRICS.port, portName: NODE_EXPORTER_METRICS.portName },
    rbac: { create: false },
    priorityClassName: group.priorityClass,
    ...placement(group, CHART_LABELS[NODE_EXPORTER]),
    resources: resourceRequirements(group),
    securityContext: podSecurity(USER),
    containerSecurityContext: RESTRICTED,
    extraArgs: [
      "--collector.filesystem.mount-points-exclude=^/(dev|proc|sys|run/containerd/.+|var/lib/docker/.+|var/lib/kubelet/.+)($|/)",
      "--no-collector.netdev",
      "--no-collector.netclass",
    ],
  };
}
