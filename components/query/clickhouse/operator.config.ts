import { withTag } from "../../core/image";
import { placement } from "../../core/placement";
import { podSecurity, RESTRICTED } from "../../core/pod-security";
import { type PodGroup, resourceRequirements } from "../../core/pod-group";
import { imagePartsFor, pullSecrets } from "../../core/site";
import { labels } from "../../core/labels";
import { pins } from "./pins";
import { OPERATOR, OPERATOR_LABELS } from "./pods";

export const METRICS = { portName: "op-metrics", port: 9999 } as const;
/** The user that the operator makes for itself at the servers, and the role of the Secret that it signs in with. */
export const OPERATOR_USER = "clickhouse_operator";
export const LOGIN = "login";
/** `nobody` of the operator's image. */
const USER = 65_534;

/** The chart sets name, version and manager itself, and a key must not appear twice in the labels of its Deployment. */
function extraLabels(group: PodGroup) {
  const taken = ["name", "instance", "version", "managed-by"].map((key) => `app.kubernetes.io/${key}`);
  return Object.fromEntries(Object.entries(labels(group)).filter(([key]) => !taken.includes(key)));
}

/** Values of the chart, as a pure function of the size. */
export function operatorValues(group: PodGroup): Record<string, unknown> {
  const { namespace } = group;
  const image = imagePartsFor(group, pins.clickhouseOperator.image);
  return {
    nameOverride: OPERATOR,
    fullnameOverride: OPERATOR,
    // The chart's Job for CRDs uses an image that is gone; Helm installs the CRDs of the chart.
    crdHook: { enabled: false },
    // A Role in its own namespace instead of a ClusterRole.
    rbac: { namespaceScoped: true },
    // The chart's Secret has a public default password; the stack generates its own.
    secret: { create: false },
    // Servers have a metrics endpoint; the exporter would need a user with more rights.
    metrics: { enabled: false },
    deployment: { strategy: { type: "Recreate" } },
    operator: {
      image: { repository: `${image.registry}/${image.repository}`, tag: withTag(image) },
      containerSecurityContext: RESTRICTED,
      resources: resourceRequirements(group),
      priorityClassName: group.priorityClass ?? "",
    },
    ...pullSecrets(group),
    podLabels: extraLabels(group),
    podSecurityContext: podSecurity(USER),
    ...placement(group, OPERATOR_LABELS),
    configs: {
      files: {
        "config.yaml": {
          watch: { namespaces: [namespace] },
          clickhouse: {
            access: { secret: { namespace, name: `${OPERATOR}-${LOGIN}` } },
            // Without the rules that give the operator's user rights on users, collections and secrets.
            addons: { rules: [] },
          },
          // A server that does not start stops the roll.
          reconcile: { statefulSet: { create: { onFailure: "abort" } } },
        },
      },
    },
  };
}
