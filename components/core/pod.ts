import * as k8s from "@pulumi/kubernetes";
import * as kx from "@pulumi/kubernetesx";
import * as pulumi from "@pulumi/pulumi";

import { fingerprint } from "./fingerprint";
import { DOMAIN, labels } from "./labels";
import { placement } from "./placement";
import { groupName, type PodGroup, resourceRequirements } from "./pod-group";
import { dataPodSecurity, RESTRICTED } from "./pod-security";
import { formatBytes } from "./quantity";
import { imageFor, pullSecrets } from "./site";
import { trustAnnotations, trustEnv, trustMounts, trustVolumes } from "./trust";

type Container = k8s.types.input.core.v1.Container;

/** A container without resources and security context, which every container gets. */
export interface ContainerArgs extends Pick<
  Container,
  "command" | "args" | "livenessProbe" | "readinessProbe" | "startupProbe" | "lifecycle"
> {
  readonly name: string;
  readonly image: string;
  /** Values are literals, or references to Secrets; never secret values. */
  readonly env?: Readonly<Record<string, string | k8s.types.input.core.v1.EnvVarSource>>;
  /** Port numbers by name. */
  readonly ports?: Readonly<Record<string, number>>;
  /** Volume names by mount path, besides files and the group's scratch. */
  readonly mounts?: Readonly<Record<string, string>>;
}

/** Files that are rendered into a ConfigMap of their own and mounted as one directory. */
export interface ConfigFiles {
  readonly mountPath: string;
  /** Contents by file name. */
  readonly files: Readonly<Record<string, string>>;
}

/** Some keys of a Secret, as files with other names. */
export interface SecretFiles {
  readonly secret: string;
  /** Names of files by key. */
  readonly files: Readonly<Record<string, string>>;
}

export interface PodArgs {
  readonly group: PodGroup;
  readonly version: string;
  readonly containers: readonly ContainerArgs[];
  /** @default none */
  readonly initContainers?: readonly ContainerArgs[];
  /** Directories of configuration by a short name. @default none */
  readonly config?: Readonly<Record<string, ConfigFiles>>;
  /** Secrets by the names of the volumes that hold their keys as files. @default none */
  readonly secrets?: Readonly<Record<string, string | SecretFiles>>;
  /** Claims that somebody else has made, by the names of their volumes. @default none */
  readonly claims?: Readonly<Record<string, { readonly name: string; readonly readOnly: boolean }>>;
  /** What else makes another pod of it, such as the rights that it is to set. @default none */
  readonly annotations?: Readonly<Record<string, pulumi.Input<string>>>;
  /** User and group that the containers run as. */
  readonly user: number;
  /** Further groups of the user, for images whose files belong to one. @default none */
  readonly groups?: readonly number[];
  /** @default the group's name */
  readonly serviceAccount?: string;
  /** Mounts the service account's token. @default false */
  readonly token?: boolean;
  /** @default none */
  readonly priorityClass?: string;
  /** @default 30 */
  readonly terminationGracePeriodSeconds?: number;
  /** @default "Always"; tasks never restart in place, so that each failure is counted and seen */
  readonly restartPolicy?: "Always" | "Never";
}

/** Name of the ConfigMap that holds one directory of a group's configuration. */
export function configMapName(group: PodGroup, directory: string): string {
  return `${groupName(group)}-${directory}`;
}

const secretSource = (of: string | SecretFiles) =>
  typeof of === "string"
    ? { secretName: of }
    : { secretName: of.secret, items: Object.entries(of.files).map(([key, path]) => ({ key, path })) };

const volumeName = (mountPath: string) => mountPath.replace(/^\//, "").replaceAll(/[^a-z0-9]+/g, "-");

/** The pod of a group: placement, security and resources follow from it. */
export function podTemplate(args: PodArgs): k8s.types.input.core.v1.PodTemplateSpec {
  const { group, version, config = {}, secrets = {}, claims = {} } = args;
  const { scratch = {} } = group;
  const mounts: Record<string, string> = {
    ...Object.fromEntries(Object.entries(config).map(([name, { mountPath }]) => [mountPath, name])),
    ...Object.fromEntries(Object.keys(scratch).map((path) => [path, volumeName(path)])),
  };
  const container = ({ mounts: own = {}, env = {}, ports = {}, ...rest }: ContainerArgs): kx.types.Container => ({
    ...rest,
    image: imageFor(group, rest.image),
    env: { ...trustEnv(group), ...env },
    ports: ports,
    resources: resourcesOf(group, rest.name),
    securityContext: RESTRICTED,
    volumeMounts: [
      ...Object.entries({ ...mounts, ...own }).map(([mountPath, name]) => ({
        mountPath,
        name,
        ...(claims[name]?.readOnly === true ? { readOnly: true } : {}),
      })),
      ...trustMounts(group),
    ],
  });
  // kubernetesx's PodBuilder expands the maps of environment and ports; everything in here is known, so the plan sees all of it.
  const pod: kx.types.PodSpec = {
    serviceAccountName: args.serviceAccount ?? groupName(group),
    automountServiceAccountToken: args.token ?? false,
    // The variables that Kubernetes makes of Services collide with those that images read.
    enableServiceLinks: false,
    securityContext: {
      ...dataPodSecurity(args.user),
      ...(args.groups === undefined ? {} : { supplementalGroups: [...args.groups] }),
    },
    ...placement(group),
    ...pullSecrets(group),
    priorityClassName: args.priorityClass,
    terminationGracePeriodSeconds: args.terminationGracePeriodSeconds,
    restartPolicy: args.restartPolicy,
    ...(args.initContainers === undefined ? {} : { initContainers: args.initContainers.map(container) }),
    containers: args.containers.map(container),
    volumes: [
      ...Object.keys(config).map((name) => ({ name, configMap: { name: configMapName(group, name) } })),
      ...Object.entries(secrets).map(([name, of]) => ({ name, secret: { ...secretSource(of), defaultMode: 0o440 } })),
      ...Object.entries(claims).map(([name, { name: claimName, readOnly }]) => ({
        name,
        persistentVolumeClaim: { claimName, ...(readOnly ? { readOnly: true } : {}) },
      })),
      ...Object.entries(scratch).map(([path, size]) => ({
        name: volumeName(path),
        emptyDir: { sizeLimit: formatBytes(size) },
      })),
      ...trustVolumes(group),
    ],
  };
  const annotations = {
    ...(Object.keys(config).length === 0 ? {} : { [`${DOMAIN}/config`]: fingerprint(JSON.stringify(config)) }),
    ...trustAnnotations(group),
    ...args.annotations,
  };
  return {
    metadata: {
      labels: labels({ ...group, version }),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec: new kx.PodBuilder(pod).podSpec,
  };
}

/** A sidecar has its own size; any other container has the pod's without its sidecars. */
const resourcesOf = (group: PodGroup, container: string) =>
  resourceRequirements(group.sidecars?.find(({ name }) => name === container) ?? group);

/**
 * Objects that a pod template refers to besides Secrets: ConfigMaps, and the ServiceAccount where the group has its own. Pods
 * depend on them: a pod that starts earlier mounts the old files or none, and nothing rolls it later.
 */
export function podParts(name: string, args: PodArgs, parent: pulumi.Resource): pulumi.Resource[] {
  const { group, version } = args;
  const parts: pulumi.Resource[] = [];
  const metadata = { name, namespace: group.namespace, labels: labels({ ...group, version }) };
  for (const [directory, { files }] of Object.entries(args.config ?? {})) {
    const configName = configMapName(group, directory);
    const map = { metadata: { ...metadata, name: configName }, data: files };
    parts.push(new k8s.core.v1.ConfigMap(configName, map, { parent }));
  }
  if (args.serviceAccount === undefined) {
    const account = groupName(group);
    const own = { metadata: { ...metadata, name: account }, automountServiceAccountToken: false };
    parts.push(new k8s.core.v1.ServiceAccount(account, own, { parent }));
  }
  return parts;
}

/** Options of the workload: it is a child of the component and depends on the pods' parts and on the component's own dependencies. */
export function podOptions(
  parts: pulumi.Resource[],
  parent: pulumi.Resource,
  opts?: pulumi.ComponentResourceOptions,
): pulumi.CustomResourceOptions {
  const after = opts?.dependsOn === undefined ? {} : { dependsOn: opts.dependsOn };
  return pulumi.mergeOptions({ parent, dependsOn: parts }, after);
}
