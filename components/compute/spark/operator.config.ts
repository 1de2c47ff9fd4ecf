import type * as k8s from "@pulumi/kubernetes";

import { labels, type Labels, selector } from "../../core/labels";
import { nodeAffinity, placement } from "../../core/placement";
import { type PodGroup, resourceRequirements } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import { type ImageParts, withTag } from "../../core/image";
import { imagePartsFor, pullSecrets } from "../../core/site";
import { podSecurity, RESTRICTED } from "../../core/pod-security";
import { pins } from "./pins";

/** Values of the Spark operator's chart, as a pure function of sizes. */

/** Port of the webhook's containers and of its Service alike. */
export const WEBHOOK_PORT = 9443;
export const METRICS = { port: 8080, portName: "metrics" } as const;

export type OperatorRole = "controller" | "webhook";

/** User and group of the operator's image, which is built on Spark's. */
const USER = 185;

/** Labels of the chart's own selectors: both roles are instances of the release. */
export function chartLabels(release: string, role: OperatorRole): Labels {
  const component = "app.kubernetes.io/component";
  return {
    ...selector({ service: release, role: "" }),
    [component]: labels({ service: release, role })[component] ?? role,
  };
}

/** The stack's labels without those of the chart: the chart writes both lists, and a key must not appear twice. */
export function extraLabels(release: string, role: OperatorRole): Labels {
  const taken = Object.keys(chartLabels(release, role));
  const all = labels({ service: release, role, version: pins.sparkOperator.version });
  return Object.fromEntries(Object.entries(all).filter(([key]) => !taken.includes(key)));
}

/** Bytes of one submission: a JVM that ends once the driver's pod exists. */
const SUBMISSION = 224 * MiB;
const CONTROLLER = 64 * MiB;

/**
 * Submissions at a time. The chart's 10 are ten JVMs, which get a small controller killed in the middle of a submission.
 * @param memory of a controller, in bytes
 */
export function submissions(memory: number): number {
  return Math.min(10, Math.max(1, Math.floor((memory - CONTROLLER) / SUBMISSION)));
}

/** Values of both roles. */
interface RoleValues {
  readonly replicas: number;
  readonly labels: Labels;
  readonly priorityClassName?: string;
  readonly affinity: k8s.types.input.core.v1.Affinity;
  readonly tolerations: readonly k8s.types.input.core.v1.Toleration[];
  readonly topologySpreadConstraints: readonly object[];
  readonly resources: ReturnType<typeof resourceRequirements>;
  readonly podSecurityContext: k8s.types.input.core.v1.PodSecurityContext;
  readonly securityContext: k8s.types.input.core.v1.SecurityContext;
  readonly podDisruptionBudget: { readonly enable: boolean; readonly minAvailable?: number };
}

/** The part of the chart's values that is set here. */
export interface SparkOperatorValues {
  /** Of both roles. */
  readonly image: Pick<ImageParts, "registry" | "repository" | "tag"> & {
    readonly pullSecrets?: readonly { readonly name: string }[];
  };
  readonly hook: { readonly upgradeCrd: boolean };
  readonly controller: RoleValues & { readonly workers: number; readonly uiService: { readonly enable: boolean } };
  readonly webhook: RoleValues & {
    readonly enable: boolean;
    readonly port: number;
    readonly failurePolicy: "Fail";
    readonly resourceQuotaEnforcement: { readonly enable: boolean };
  };
  readonly spark: {
    readonly jobNamespaces: readonly string[];
    readonly serviceAccount: { readonly create: boolean };
    readonly rbac: { readonly create: boolean };
  };
  readonly prometheus: {
    readonly metrics: {
      readonly enable: boolean;
      readonly port: number;
      readonly portName: string;
      /** Seconds, by comma. */
      readonly jobStartLatencyBuckets: string;
    };
    readonly podMonitor: { readonly create: boolean };
  };
}

export interface SparkOperatorFacts {
  readonly release: string;
  readonly groups: Readonly<Record<OperatorRole, PodGroup>>;
  /** Namespace in which jobs are submitted. */
  readonly jobNamespace: string;
}

export function sparkOperatorValues({ release, groups, jobNamespace }: SparkOperatorFacts): SparkOperatorValues {
  const image = imagePartsFor(groups.controller, pins.sparkOperator.image);
  const { imagePullSecrets } = pullSecrets(groups.controller);
  return {
    image: {
      registry: image.registry,
      repository: image.repository,
      tag: withTag(image),
      ...(imagePullSecrets === undefined ? {} : { pullSecrets: imagePullSecrets }),
    },
    // CRDs are installed once from the chart's `crds/` and upgraded apart from it.
    hook: { upgradeCrd: false },
    controller: {
      ...roleValues(release, "controller", groups.controller),
      workers: submissions(groups.controller.limits.memory),
      // No Service for the web interface: people reach it by port-forward to the driver.
      uiService: { enable: false },
    },
    webhook: {
      ...roleValues(release, "webhook", groups.webhook),
      enable: true,
      port: WEBHOOK_PORT,
      failurePolicy: "Fail",
      // It ignores quotas with a scope, and all quotas of the stack have the scope PriorityClass.
      resourceQuotaEnforcement: { enable: false },
    },
    spark: { jobNamespaces: [jobNamespace], serviceAccount: { create: false }, rbac: { create: false } },
    prometheus: {
      // The chart's first bucket is 30 s, too coarse to tell whether jobs start in less than a minute.
      metrics: { enable: true, ...METRICS, jobStartLatencyBuckets: "5,10,20,30,45,60,90,120,180,300" },
      podMonitor: { create: false },
    },
  };
}

function roleValues(release: string, role: OperatorRole, group: PodGroup): RoleValues {
  const several = group.replicas > 1;
  return {
    replicas: group.replicas,
    labels: extraLabels(release, role),
    ...(group.priorityClass === undefined ? {} : { priorityClassName: group.priorityClass }),
    affinity: group.pools.length === 0 ? {} : { nodeAffinity: nodeAffinity(group.pools) },
    tolerations: placement(group).tolerations,
    // The chart adds its own selector here, but not to an anti-affinity.
    topologySpreadConstraints: several
      ? [{ maxSkew: 1, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" }]
      : [],
    resources: resourceRequirements(group),
    podSecurityContext: podSecurity(USER),
    securityContext: RESTRICTED,
    podDisruptionBudget: several ? { enable: true, minAvailable: 1 } : { enable: false },
  };
}
