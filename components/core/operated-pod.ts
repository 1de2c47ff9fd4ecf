import type * as k8s from "@pulumi/kubernetes";

import { type ContainerArgs, RESTRICTED } from "./pod";
import { type PodGroup, resourceRequirements } from "./pod-group";
import { formatBytes } from "./quantity";
import { imageFor } from "./site";
import { trustEnv, trustMounts } from "./trust";

/**
 * Parts of the pod templates that operators merge into pods of their own. They are plain objects: an operator's custom resource
 * takes no kubernetesx builder.
 */

type Container = k8s.types.input.core.v1.Container;
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
