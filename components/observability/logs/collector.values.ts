import { credentialsEnv } from "../../core/env";
import type { SecretKeys } from "../../core/capabilities";
import { withTag } from "../../core/image";
import { placement } from "../../core/placement";
import { type PodGroup, resourceRequirements } from "../../core/pod-group";
import { imagePartsFor, pullSecrets } from "../../core/site";
import { COLLECTOR_METRICS, FILES, HEALTH_PORT, KEYS, STATE } from "./collector.config";
import { pins } from "./pins";
import { COLLECTOR, COLLECTOR_LABELS } from "./pods";

/** Ports that the chart opens on the node unless told not to. */
const CHART_PORTS = ["otlp", "otlp-http", "jaeger-compact", "jaeger-thrift", "jaeger-grpc", "zipkin"] as const;

/** A variable of the pod: `credentialsEnv` as a list. */
const listed = (variables: ReturnType<typeof credentialsEnv>) =>
  Object.entries(variables).map(([name, valueFrom]) => ({ name, valueFrom }));

/**
 * Values of the collector's chart: a DaemonSet that reads the files of containers, of which root is the owner, and keeps its state in a
 * directory of the node. It has no capability and no account of the Kubernetes API.
 */
export function collectorValues(
  group: PodGroup,
  config: Readonly<Record<string, unknown>>,
  login: SecretKeys,
): Record<string, unknown> {
  const image = imagePartsFor(group, pins.collector.image);
  const { imagePullSecrets: pullSecretsOf = [] } = pullSecrets(group);
  const asked = { httpGet: { path: "/", port: HEALTH_PORT } };
  return {
    nameOverride: COLLECTOR,
    fullnameOverride: COLLECTOR,
    mode: "daemonset",
    image: { repository: `${image.registry}/${image.repository}`, tag: withTag(image) },
    imagePullSecrets: pullSecretsOf,
    command: { name: "otelcol-contrib" },
    // Not merged with the chart's receivers of all kinds.
    alternateConfig: config,
    serviceAccount: { create: true, automountServiceAccountToken: false },
    clusterRole: { create: false },
    ports: {
      ...Object.fromEntries(CHART_PORTS.map((port) => [port, { enabled: false }])),
      [COLLECTOR_METRICS.portName]: {
        enabled: true,
        containerPort: COLLECTOR_METRICS.port,
        servicePort: COLLECTOR_METRICS.port,
        protocol: "TCP",
      },
    },
    extraEnvs: [
      { name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
      ...listed(credentialsEnv(login, KEYS.user, KEYS.password)),
    ],
    extraVolumes: [
      { name: "files", hostPath: { path: FILES } },
      { name: "state", hostPath: { path: STATE, type: "DirectoryOrCreate" } },
    ],
    extraVolumeMounts: [
      { name: "files", mountPath: FILES, readOnly: true },
      { name: "state", mountPath: STATE },
    ],
    resources: resourceRequirements(group),
    priorityClassName: group.priorityClass,
    ...placement(group, COLLECTOR_LABELS),
    podSecurityContext: { seccompProfile: { type: "RuntimeDefault" } },
    securityContext: {
      runAsUser: 0,
      runAsGroup: 0,
      runAsNonRoot: false,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
    },
    livenessProbe: { ...asked, periodSeconds: 30, timeoutSeconds: 5 },
    readinessProbe: { ...asked, periodSeconds: 10, timeoutSeconds: 5 },
  };
}
