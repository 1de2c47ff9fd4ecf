import { withTag } from "../../core/image";
import { placement } from "../../core/placement";
import { podSecurity, RESTRICTED } from "../../core/pod-security";
import { type PodGroup, resourceRequirements } from "../../core/pod-group";
import { imagePartsFor, pullSecrets } from "../../core/site";
import { pins } from "./pins";
import { OPERATOR, operatorLabels } from "./pods";

export const METRICS_PORT = 8080;
/** User of the operator's image. */
const USER = 1001;

/**
 * Values of the chart, as a pure function of the size. As upstream's profile `restricted`: rights in two namespaces, the stack's and
 * its own, and none on the cluster. So it has no webhook; it refuses what is wrong when it reconciles.
 */
export function operatorValues(group: PodGroup, watch: string): Record<string, unknown> {
  const several = group.replicas > 1;
  const image = imagePartsFor(group, pins.eckOperator.image);
  return {
    nameOverride: OPERATOR,
    fullnameOverride: OPERATOR,
    managedNamespaces: [watch],
    createClusterScopedResources: false,
    // Another chart has the CRDs, so that they outlive the operator.
    installCRDs: false,
    webhook: { enabled: false },
    telemetry: { disabled: true },
    replicaCount: group.replicas,
    image: { repository: `${image.registry}/${image.repository}`, tag: withTag(image) },
    ...pullSecrets(group),
    priorityClassName: group.priorityClass,
    ...placement(group, operatorLabels),
    resources: resourceRequirements(group),
    podSecurityContext: podSecurity(USER),
    securityContext: RESTRICTED,
    podDisruptionBudget: several ? { enabled: true, maxUnavailable: 1, minAvailable: undefined } : { enabled: false },
    config: {
      // Of images of resources that name none: there are none.
      containerRegistry: image.registry,
      metrics: { port: METRICS_PORT },
      // Both need rights on the whole cluster.
      validateStorageClass: false,
      exposedNodeLabels: [],
      // The stack's namespaces admit restricted pods only.
      setDefaultSecurityContext: "true",
    },
  };
}
