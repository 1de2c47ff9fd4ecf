import type * as pulumi from "@pulumi/pulumi";

import { deployedOperator, existingOperator, type Operated } from "../../core/operator";
import { placement } from "../../core/placement";
import type { Platform } from "../../core/platform";
import { type PodGroup, resourceRequirements } from "../../core/pod-group";
import { RESTRICTED } from "../../core/pod-security";
import { imageFor, imagePartsFor, pullSecrets } from "../../core/site";
import { withTag } from "../../core/image";
import { pins } from "./pins";
import { namespaceOf, zalandoPods } from "./pods";
import type { PostgresSettings } from "./settings";
import { POD_ACCOUNT } from "./zalando";

/**
 * Values of Zalando's chart.
 * @param watched the one namespace that it acts in
 * @param several whether there is more than one instance
 */
export function operatorValues(group: PodGroup, watched: string, several: boolean): Record<string, unknown> {
  const { registry, repository, ...image } = imagePartsFor(group, pins.zalando.image);
  const { affinity, tolerations } = placement(group);
  return {
    image: { registry, repository, tag: withTag({ registry, repository, ...image }) },
    podLabels: { "app.kubernetes.io/component": "operator", "app.kubernetes.io/part-of": "lakehouse" },
    resources: resourceRequirements(group),
    securityContext: { ...RESTRICTED, runAsUser: 1000 },
    ...(group.priorityClass === undefined ? {} : { priorityClassName: group.priorityClass }),
    ...pullSecrets(group),
    affinity,
    tolerations,
    configGeneral: { docker_image: imageFor(group, pins.spilo.image), enable_pgversion_env_var: true },
    configKubernetes: {
      watched_namespace: watched,
      enable_pod_antiaffinity: true,
      enable_readiness_probe: true,
      // What deletes a cluster leaves its volumes, and the Secrets of the stack.
      enable_persistent_volume_claim_deletion: false,
      enable_secrets_deletion: false,
      spilo_privileged: false,
      spilo_allow_privilege_escalation: false,
      // It forbids the eviction of a leader, which the operator moves first: a single one would block the drain of its node.
      enable_pod_disruption_budget: several,
    },
    podServiceAccount: { name: POD_ACCOUNT },
    podPriorityClassName: { create: false },
  };
}

/** Zalando's operator, which acts in PostgreSQL's namespace alone. */
export function zalando(
  platform: Platform,
  settings: PostgresSettings,
  opts?: pulumi.ComponentResourceOptions,
): Operated {
  const { chart: name } = pins.zalando.chart;
  const [group] = zalandoPods(platform, settings);
  if (group === undefined)
    return existingOperator(name, settings.operatorNamespace, { "app.kubernetes.io/name": name });
  return deployedOperator(
    platform,
    {
      type: "storage:ZalandoPostgres",
      name,
      chart: pins.zalando.chart,
      pods: [group],
      values: operatorValues(group, namespaceOf(platform, settings), settings.server.replicas > 1),
    },
    opts,
  );
}
