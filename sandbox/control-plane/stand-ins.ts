import { DOMAIN, labels, selector } from "../../components/core/labels";
import { placement } from "../../components/core/placement";
import { groupName, type PodGroup, resourceRequirements } from "../../components/core/pod-group";
import type { KubernetesObject } from "./api";
import type { Stack } from "./stack";

/** Label of objects that the sandbox creates in place of an operator, a chart or an existing system. */
export const STAND_IN = `${DOMAIN}/stand-in`;

interface Template {
  readonly spec?: {
    readonly template?: { readonly metadata?: { readonly labels?: Readonly<Record<string, string>> } };
  };
}

/** Whether Kubernetes creates a group's pods of a workload of the stack. */
export function isNative(group: PodGroup, objects: readonly KubernetesObject[]): boolean {
  return workloadOf(group, objects) !== undefined;
}

function workloadOf(group: PodGroup, objects: readonly KubernetesObject[]): KubernetesObject | undefined {
  const wanted = Object.entries(selector(group));
  return objects.find((object) => {
    if (!["Deployment", "StatefulSet", "Job"].includes(object.kind)) return false;
    const found = (object as Template).spec?.template?.metadata?.labels ?? {};
    return object.metadata.namespace === group.namespace && wanted.every(([key, value]) => found[key] === value);
  });
}

/**
 * A workload for each group whose pods an operator, a schedule or an existing system would create: with pods of the same size,
 * placement, priority and labels. For a CronJob, its own template is used.
 */
export function standIns({ groups, objects }: Pick<Stack, "groups" | "objects">): KubernetesObject[] {
  return groups
    .filter((group) => !isNative(group, objects))
    .map((group) => fromCronJob(group, objects) ?? standIn(group));
}

function fromCronJob(group: PodGroup, objects: readonly KubernetesObject[]): KubernetesObject | undefined {
  const { name, namespace } = { name: groupName(group), namespace: group.namespace };
  const found = objects.find(
    ({ kind, metadata }) => kind === "CronJob" && metadata.name === name && metadata.namespace === namespace,
  );
  if (found === undefined) return undefined;
  const { jobTemplate } = found.spec as { readonly jobTemplate: { readonly spec: object } };
  // It stands there for as long as anybody looks.
  const spec = { ...jobTemplate.spec, activeDeadlineSeconds: undefined };
  return { apiVersion: "batch/v1", kind: "Job", metadata: metadata(group), spec };
}

const metadata = (group: PodGroup) => ({
  name: groupName(group),
  namespace: group.namespace,
  labels: { ...labels(group), [STAND_IN]: "true" },
});

const endsByItself = ({ lifetime }: PodGroup): boolean => lifetime === "job" || lifetime === "once";

/** A pod with the size, placement, priority and labels of a group. */
export function standInPod(group: PodGroup) {
  const container = (name: string, of: Pick<PodGroup, "requests" | "limits" | "sidecars" | "scratch">) => ({
    name,
    image: "registry.k8s.io/pause:3.10",
    resources: resourceRequirements(of),
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
  });
  return {
    metadata: { labels: { ...labels(group), [STAND_IN]: "true" } },
    spec: {
      ...placement(group),
      ...(group.priorityClass === undefined ? {} : { priorityClassName: group.priorityClass }),
      ...(endsByItself(group) ? { restartPolicy: "Never" } : {}),
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65_534, seccompProfile: { type: "RuntimeDefault" } },
      // As operators add sidecars: init containers that keep running.
      initContainers: (group.sidecars ?? []).map((sidecar) => ({
        ...container(sidecar.name, sidecar),
        restartPolicy: "Always",
      })),
      containers: [container("stand-in", group)],
    },
  };
}

function standIn(group: PodGroup): KubernetesObject {
  const pod = standInPod(group);
  return endsByItself(group)
    ? { apiVersion: "batch/v1", kind: "Job", metadata: metadata(group), spec: { template: pod } }
    : {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: metadata(group),
        spec: { replicas: group.replicas, selector: { matchLabels: selector(group) }, template: pod },
      };
}
