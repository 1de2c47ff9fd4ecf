import { labels } from "../../core/labels";
import { placement } from "../../core/placement";
import { RESTRICTED } from "../../core/pod-security";
import { type PodGroup, resourceRequirements } from "../../core/pod-group";
import { imagePartsFor, pullSecrets } from "../../core/site";
import { pins } from "./pins";

/** Labels of the chart's own selector, which every other way of installing the operator has too. */
export const CHART_LABELS = { "name": "strimzi-cluster-operator", "strimzi.io/kind": "cluster-operator" };
export const PORT = 8080;

/** Values of the chart, as a pure function of the size. */
export function strimziValues(group: PodGroup, watch: string): Record<string, unknown> {
  const several = group.replicas > 1;
  const image = imagePartsFor(group, pins.strimzi.image);
  return {
    replicas: group.replicas,
    watchNamespaces: [watch],
    // `name` is empty: the repository contains it.
    image: { ...image, name: "", ...pullSecrets(group) },
    // Images for custom resources that name none.
    defaultImageRegistry: image.registry,
    defaultImageRepository: image.repository.split("/").slice(0, -1).join("/"),
    // Links are the only policies; the operator's own would open listeners and metrics to everybody.
    generateNetworkPolicy: false,
    labels: labels({ ...group, version: pins.strimzi.version }),
    priorityClassName: group.priorityClass,
    ...placement(group, CHART_LABELS),
    // The namespace's quota has no room for an old pod beside its new one.
    deploymentStrategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
    podSecurityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    securityContext: RESTRICTED,
    resources: resourceRequirements(group),
    podDisruptionBudget: { enabled: several, maxUnavailable: several ? 1 : undefined, minAvailable: undefined },
    extraEnvs: [
      // The stack's namespaces admit restricted pods only; Strimzi's default is the baseline profile.
      { name: "STRIMZI_POD_SECURITY_PROVIDER_CLASS", value: "restricted" },
    ],
  };
}
