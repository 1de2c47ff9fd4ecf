import type * as k8s from "@pulumi/kubernetes";

import { labels, type Labels } from "../../core/labels";
import { placement } from "../../core/placement";
import { podSecurity, RESTRICTED } from "../../core/pod-security";
import { type PodGroup, resourceRequirements } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import { imagePartsFor, pullSecrets } from "../../core/site";
import { pins } from "./pins";

/** Values of the Flink operator's chart, as a pure function of its size. */

export const METRICS = { portName: "metrics", port: 9999 } as const;

/** User and group of the operator's image. */
const USER = 9999;
const RELEASE = "flink-operator";

/** Labels of the chart's own selector; `nameOverride` sets the name. */
export const CHART_LABELS: Labels = { "app.kubernetes.io/name": RELEASE };

/** The chart sets name, version and manager itself, and a key must not appear twice in the labels of its Deployment. */
function extraLabels(group: PodGroup): Labels {
  const taken = ["name", "version", "managed-by"].map((key) => `app.kubernetes.io/${key}`);
  return Object.fromEntries(Object.entries(labels(group)).filter(([key]) => !taken.includes(key)));
}

export interface FlinkOperatorValues {
  readonly nameOverride: string;
  readonly watchNamespaces: readonly string[];
  readonly image: { readonly repository: string; readonly tag: string; readonly digest?: string };
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly replicas: number;
  readonly strategy: k8s.types.input.apps.v1.DeploymentStrategy;
  readonly rbac: Readonly<Record<"jobRole" | "jobRoleBinding", { readonly create: boolean }>>;
  readonly jobServiceAccount: { readonly create: boolean };
  readonly webhook: { readonly create: boolean };
  readonly metrics: { readonly port: number };
  readonly jvmArgs: { readonly operator: string };
  readonly defaultConfiguration: {
    readonly "create": true;
    readonly "append": true;
    readonly "flink-conf.yaml": string;
  };
  readonly operatorPod: {
    readonly labels: Labels;
    readonly priorityClassName?: string;
    readonly affinity: k8s.types.input.core.v1.Affinity;
    readonly tolerations: readonly k8s.types.input.core.v1.Toleration[];
    readonly resources: ReturnType<typeof resourceRequirements>;
  };
  readonly podSecurityContext: k8s.types.input.core.v1.PodSecurityContext;
  readonly operatorSecurityContext: k8s.types.input.core.v1.SecurityContext;
  readonly operatorVolumeMounts: { readonly create: true; readonly data: readonly object[] };
  readonly operatorVolumes: { readonly create: true; readonly data: readonly object[] };
}

/** @param watch the namespace of the deployments that it runs */
export function flinkOperatorValues(group: PodGroup, watch: string): FlinkOperatorValues {
  const several = group.replicas > 1;
  const { registry, repository, ...image } = imagePartsFor(group, pins.flinkOperator.image);
  const scratch = { artifacts: "/opt/flink/artifacts", tmp: "/tmp" };
  return {
    nameOverride: RELEASE,
    watchNamespaces: [watch],
    image: { repository: `${registry}/${repository}`, ...image },
    ...pullSecrets(group),
    replicas: group.replicas,
    // Two operators without leader election would both start jobs.
    strategy: { type: several ? "RollingUpdate" : "Recreate" },
    // Jobs have an account of this stack, with fewer rights.
    rbac: { jobRole: { create: false }, jobRoleBinding: { create: false } },
    jobServiceAccount: { create: false },
    // The webhook needs cert-manager, and the operator repeats its checks anyway.
    webhook: { create: false },
    metrics: { port: METRICS.port },
    // Metaspace, threads and Kubernetes' client are outside of the heap.
    jvmArgs: { operator: `-Xmx${String(Math.floor(group.limits.memory / MiB / 2))}m` },
    defaultConfiguration: { "create": true, "append": true, "flink-conf.yaml": operatorConfiguration(several) },
    operatorPod: {
      labels: extraLabels(group),
      ...(group.priorityClass === undefined ? {} : { priorityClassName: group.priorityClass }),
      ...placement(group, CHART_LABELS),
      resources: resourceRequirements(group),
    },
    podSecurityContext: podSecurity(USER),
    operatorSecurityContext: RESTRICTED,
    // Pod templates and downloads: the root file system cannot be written to.
    operatorVolumeMounts: {
      create: true,
      data: Object.entries(scratch).map(([name, mountPath]) => ({ name: `flink-${name}`, mountPath })),
    },
    operatorVolumes: {
      create: true,
      data: Object.keys(scratch).map((name) => ({ name: `flink-${name}`, emptyDir: { sizeLimit: "256Mi" } })),
    },
  };
}

function operatorConfiguration(several: boolean): string {
  const entries = {
    "kubernetes.operator.metrics.reporter.prom.factory.class":
      "org.apache.flink.metrics.prometheus.PrometheusReporterFactory",
    "kubernetes.operator.metrics.reporter.prom.port": String(METRICS.port),
    "kubernetes.operator.reconcile.interval": "15 s",
    "kubernetes.operator.observer.progress-check.interval": "5 s",
    // A lost JobManager deployment is recreated, with the job's state.
    "kubernetes.operator.jm-deployment-recovery.enabled": "true",
    ...(several
      ? {
          "kubernetes.operator.leader-election.enabled": "true",
          "kubernetes.operator.leader-election.lease-name": `${RELEASE}-lease`,
        }
      : {}),
  };
  return Object.entries(entries)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join("");
}
