import type * as k8s from "@pulumi/kubernetes";

import { placement } from "./placement";
import type { ContainerArgs } from "./pod";
import { type PodGroup, resourceRequirements } from "./pod-group";
import { dataPodSecurity, RESTRICTED } from "./pod-security";
import { formatBytes } from "./quantity";
import { imageFor } from "./site";
import { trustEnv, trustMounts, trustVolumes } from "./trust";

/**
 * Parts of the pod templates that operators merge into pods of their own. They are plain objects: an operator's custom resource
 * takes no kubernetesx builder.
 */

type Container = k8s.types.input.core.v1.Container;
type PodSpec = k8s.types.input.core.v1.PodSpec;
type EnvVar = k8s.types.input.core.v1.EnvVar;

/** One volume and where it is mounted. */
export interface Mount {
  readonly volume: k8s.types.input.core.v1.Volume;
  readonly path: string;
  readonly readOnly?: boolean;
}

/** One of the group's empty directories, by its path. */
export function emptyDirectory({ scratch = {} }: Pick<PodGroup, "scratch">, name: string, path: string): Mount {
  const size = scratch[path];
  if (size === undefined) throw new Error(`no scratch is planned at ${path}`);
  return { volume: { name, emptyDir: { sizeLimit: formatBytes(size) } }, path };
}

/** Parts of a pod template of an operator. */
export interface OperatedPodArgs {
  readonly group: PodGroup;
  /** User and group that the containers run as. */
  readonly user: number;
  /** Whether the account's token is mounted. */
  readonly token: boolean;
  readonly initContainers: readonly Container[];
  readonly containers: readonly Container[];
  readonly mounts: readonly Mount[];
}

/** The specification of a pod that an operator merges with its own: security, placement and volumes follow from the group. */
export const operatedPod = ({ group, user, token, ...rest }: OperatedPodArgs): PodSpec => ({
  automountServiceAccountToken: token,
  // The variables that Kubernetes makes of Services collide with those that images read.
  enableServiceLinks: false,
  securityContext: dataPodSecurity(user),
  ...placement(group),
  ...(group.priorityClass === undefined ? {} : { priorityClassName: group.priorityClass }),
  ...(rest.initContainers.length === 0 ? {} : { initContainers: [...rest.initContainers] }),
  containers: [...rest.containers],
  volumes: [...rest.mounts.map(({ volume }) => volume), ...trustVolumes(group)],
});

/** A container of a group's pod; the pod has the volumes of `mounts` and `trustVolumes`. Init containers have the main one's size: the pod's is the greater of both. */
export function container(
  { name, image, command, args, env = {} }: ContainerArgs,
  group: PodGroup,
  mounts: readonly Mount[],
): Container {
  return {
    name,
    image: imageFor(group, image),
    ...(command === undefined ? {} : { command }),
    ...(args === undefined ? {} : { args }),
    env: Object.entries({ ...trustEnv(group), ...env }).map(([variable, value]): EnvVar =>
      typeof value === "string" ? { name: variable, value } : { name: variable, valueFrom: value },
    ),
    resources: resourceRequirements(group),
    securityContext: RESTRICTED,
    volumeMounts: [
      ...mounts.map(({ volume, path, readOnly }) => ({
        name: volume.name,
        mountPath: path,
        ...(readOnly === true ? { readOnly } : {}),
      })),
      ...trustMounts(group),
    ],
  };
}
