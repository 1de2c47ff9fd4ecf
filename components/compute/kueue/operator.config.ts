import { stringify } from "yaml";

import { withTag } from "../../core/image";
import { POOL_LABEL } from "../../core/labels";
import { placement } from "../../core/placement";
import { podSecurity, RESTRICTED } from "../../core/pod-security";
import { type PodGroup, resourceRequirements } from "../../core/pod-group";
import { imagePartsFor, pullSecrets } from "../../core/site";
import { pins } from "./pins";
import { OPERATOR_LABELS } from "./pods";

export const METRICS = { portName: "metrics", port: 8443 } as const;
export const WEBHOOK_PORT = 9443;
/** Its own part of the API, by which people ask for the jobs that wait. */
export const VISIBILITY_PORT = 8082;
/** `nonroot` of the image's base. */
const USER = 65_532;

/** A job whose pods are not all ready after this time goes back into its queue. Nodes that an autoscaler adds take minutes. */
const PODS_READY = "10m";
/** How long the entries of ended jobs are kept; Spark's runs themselves are kept as long. */
const RETENTION = "24h";

/** Values of the chart, as a pure function of the size. */
export function kueueValues(group: PodGroup, jobNamespace: string): Record<string, unknown> {
  const image = imagePartsFor(group, pins.kueue.image);
  const { imagePullSecrets = [] } = pullSecrets(group);
  const several = group.replicas > 1;
  const [pool] = group.pools;
  return {
    controllerManager: {
      replicas: group.replicas,
      featureGates: [{ name: "SparkApplicationIntegration", enabled: true }],
      // The namespace's quota has no room for an old pod beside its new one.
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      manager: {
        priorityClassName: group.priorityClass ?? "",
        image: { repository: `${image.registry}/${image.repository}`, tag: withTag(image), pullPolicy: "IfNotPresent" },
        resources: resourceRequirements(group),
        podSecurityContext: podSecurity(USER),
        containerSecurityContext: RESTRICTED,
      },
      imagePullSecrets,
      ...(pool === undefined ? {} : { nodeSelector: { [POOL_LABEL]: pool } }),
      tolerations: placement(group).tolerations,
      topologySpreadConstraints: several
        ? [
            {
              maxSkew: 1,
              topologyKey: "kubernetes.io/hostname",
              whenUnsatisfiable: "ScheduleAnyway",
              labelSelector: { matchLabels: OPERATOR_LABELS },
            },
          ]
        : [],
      podDisruptionBudget: { enabled: several, minAvailable: 1 },
    },
    managerConfig: { controllerManagerConfigYaml: stringify(configuration(jobNamespace)) },
  };
}

/** Kueue's configuration: Spark's jobs of one namespace, whole, by fair shares. Source: `config.kueue.x-k8s.io/v1beta2` of 0.19. */
export function configuration(jobNamespace: string): object {
  return {
    apiVersion: "config.kueue.x-k8s.io/v1beta2",
    kind: "Configuration",
    health: { healthProbeBindAddress: ":8081" },
    metrics: { bindAddress: `:${String(METRICS.port)}`, enableClusterQueueResources: true },
    webhook: { port: WEBHOOK_PORT },
    leaderElection: { leaderElect: true, resourceName: "c1f6bfd2.kueue.x-k8s.io" },
    // Its webhooks are called for objects of this namespace alone: where Kueue is away, no other namespace notices.
    managedJobsNamespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": jobNamespace } },
    // Definitions of jobs are suspended SparkApplications without a queue: with `true` they would run.
    manageJobsWithoutQueueName: false,
    integrations: { frameworks: ["sparkoperator.k8s.io/sparkapplication"] },
    waitForPodsReady: { timeout: PODS_READY, recoveryTimeout: PODS_READY, blockAdmission: false },
    fairSharing: { preemptionStrategies: ["LessThanOrEqualToFinalShare", "LessThanInitialShare"] },
    objectRetentionPolicies: { workloads: { afterFinished: RETENTION } },
  };
}
