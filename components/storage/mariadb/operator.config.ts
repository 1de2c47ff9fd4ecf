import { withTag } from "../../core/image";
import { placement } from "../../core/placement";
import { podSecurity, RESTRICTED } from "../../core/pod-security";
import { type PodGroup, resourceRequirements } from "../../core/pod-group";
import { imagePartsFor, pullSecrets } from "../../core/site";
import { pins } from "./pins";
import { type OperatorRole, operatorLabels } from "./pods";

export const METRICS_PORT = 8080;
export const WEBHOOK_PORT = 9443;
/** `nonroot` of the operator's image. */
const USER = 65_532;

/** Values of the chart, as a pure function of the sizes. */
export function operatorValues(groups: Readonly<Record<OperatorRole, PodGroup>>): Record<string, unknown> {
  const { controller, webhook, certificates } = groups;
  return {
    // Another chart has the CRDs, so that they outlive the operator.
    crds: { enabled: false },
    ...roleValues("controller", controller),
    webhook: { ...roleValues("webhook", webhook), port: WEBHOOK_PORT },
    certController: roleValues("certificates", certificates),
    // Images for resources that name none.
    config: {
      mariadbImage: imageOf(controller, pins.mariadb.image),
      exporterImage: imageOf(controller, pins.mysqldExporter.image),
    },
  };
}

function imageOf(group: PodGroup, pin: string): object {
  const parts = imagePartsFor(group, pin);
  return { repository: `${parts.registry}/${parts.repository}`, tag: withTag(parts) };
}

function roleValues(role: OperatorRole, group: PodGroup): Record<string, unknown> {
  const several = group.replicas > 1;
  return {
    image: imageOf(group, pins.mariadbOperator.image),
    ...pullSecrets(group),
    ha: several ? { enabled: true, replicas: group.replicas } : { enabled: false },
    pdb: { enabled: several, maxUnavailable: 1 },
    // The namespace's quota has no room for an old pod beside its new one.
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
    priorityClassName: group.priorityClass,
    ...placement(group, operatorLabels(role)),
    resources: resourceRequirements(group),
    podSecurityContext: podSecurity(USER),
    securityContext: RESTRICTED,
  };
}
