import type * as k8s from "@pulumi/kubernetes";

import { fromSecret } from "../../core/env";
import { labels } from "../../core/labels";
import { placement } from "../../core/placement";
import { dataPodSecurity, RESTRICTED } from "../../core/pod-security";
import { type PodGroup, resourceRequirements } from "../../core/pod-group";
import { formatBytes } from "../../core/quantity";
import { pullSecrets } from "../../core/site";
import { trustAnnotations, trustEnv, trustMounts, trustVolumes } from "../../core/trust";

/** The pod templates of the operator's resources, which it completes with containers and volumes of its own. Pure. */

type Container = k8s.types.input.core.v1.Container;
export type Variable = string | k8s.types.input.core.v1.EnvVarSource;

/** User of Elastic's images. */
export const USER = 1000;

export interface TemplateArgs {
  readonly group: PodGroup;
  readonly version: string;
  /** The main container by the operator's name, without image, resources and security context. */
  readonly container: Pick<Container, "startupProbe" | "livenessProbe" | "volumeMounts"> & {
    readonly name: string;
    readonly env: Readonly<Record<string, Variable>>;
  };
  /**
   * Init containers that the operator adds. It merges them by name with those that are written. Without these some have more cpu
   * than a small main container, and two lack the restricted security context (`pkg/controller` of 3.5.0).
   */
  readonly inits: readonly string[];
  /** Names of volumes of the group's scratch by mount path: the operator's own ones have no limit. */
  readonly volumes: Readonly<Record<string, string>>;
  /** @default the operator's */
  readonly terminationGracePeriodSeconds?: number;
}

export function podTemplate({ group, version, container, inits, volumes, ...rest }: TemplateArgs): object {
  const { scratch = {} } = group;
  const { env, volumeMounts = [], ...main } = container;
  const common = { resources: resourceRequirements(group), securityContext: RESTRICTED };
  const variables = (all: Readonly<Record<string, Variable>>) =>
    Object.entries(all).map(([name, value]) =>
      typeof value === "string" ? { name, value } : { name, valueFrom: value },
    );
  const annotations = trustAnnotations(group);
  return {
    metadata: {
      labels: labels({ ...group, version }),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec: {
      automountServiceAccountToken: false,
      // The variables that Kubernetes makes of Services collide with those that images read.
      enableServiceLinks: false,
      securityContext: dataPodSecurity(USER),
      ...placement(group),
      ...pullSecrets(group),
      ...(group.priorityClass === undefined ? {} : { priorityClassName: group.priorityClass }),
      ...rest,
      initContainers: inits.map((name) => ({
        name,
        ...common,
        env: variables(trustEnv(group)),
        volumeMounts: trustMounts(group),
      })),
      containers: [
        {
          ...main,
          ...common,
          env: variables({ ...trustEnv(group), ...env }),
          volumeMounts: [...(volumeMounts as object[]), ...trustMounts(group)],
        },
      ],
      volumes: [
        ...Object.entries(scratch).map(([path, size]) => ({
          name: nameOf(volumes, path),
          emptyDir: { sizeLimit: formatBytes(size) },
        })),
        ...trustVolumes(group),
      ],
    },
  };
}

function nameOf(volumes: TemplateArgs["volumes"], path: string): string {
  const name = volumes[path];
  if (name === undefined) throw new Error(`the scratch at ${path} has no name of a volume`);
  return name;
}

/** Claim of each pod of a group, by the name that the operator requires. */
export const claimTemplates = (group: PodGroup): object[] =>
  group.volumes.map(({ name, size, storageClass }) => ({
    metadata: { name },
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: formatBytes(size) } },
      ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
    },
  }));

/** User and password of a Secret as two variables. */
export const login = (
  { secret, userKey, passwordKey }: { readonly secret: string; readonly userKey: string; readonly passwordKey: string },
  user: string,
  password: string,
): Record<string, Variable> => ({ [user]: fromSecret(secret, userKey), [password]: fromSecret(secret, passwordKey) });
