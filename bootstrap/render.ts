import { stringify } from "yaml";

import { EVERY_REGISTRY, mirrored } from "../components/core/site";
import type { Settings } from "../components/settings/schema";
import { addonFiles } from "./addons";
import { capiObjects } from "./capi";
import { docker, type Infrastructure } from "./infrastructure";
import { kindCluster, managementCluster } from "./kind";
import { mirrorFiles } from "./mirrors";
import { NODE_RELEASES } from "./pins";

export const PROVIDERS = ["kind", "capi"] as const;
export type Provider = (typeof PROVIDERS)[number];

export interface RenderOptions {
  readonly stack: string;
  readonly provider: Provider;
  /** Where machines come from with `capi`. @default containers on this machine */
  readonly infrastructure?: Infrastructure;
  /** Control planes with `capi`, where the settings name none. @default 1 in containers, else 3 */
  readonly controlPlanes?: number;
}

export const KIND_FILE = "kind.yaml";
export const MANAGEMENT_FILE = "management.yaml";
export const CLUSTERCTL_FILE = "clusterctl.yaml";
export const CLUSTER_FILE = "cluster.yaml";

/**
 * Everything that a cluster of a stack is made of, by path: settings in, files out.
 * @throws Unfit with everything that the provider cannot do as the settings say
 */
export function renderCluster(settings: Settings, options: RenderOptions): Map<string, string> {
  const { stack, provider } = options;
  const mirrors = mirrorFiles(settings.cluster);
  const infrastructure = options.infrastructure ?? defaultInfrastructure(settings);
  const inContainers = provider === "kind" || infrastructure.inContainers;
  const { controlPlanes = inContainers ? 1 : 3 } = options;
  const own =
    provider === "kind"
      ? [[KIND_FILE, [kindCluster(settings, stack, mirrors.size > 0)]] as const]
      : [
          ...(infrastructure.inContainers ? [[MANAGEMENT_FILE, [managementCluster(settings, stack)]] as const] : []),
          [CLUSTERCTL_FILE, [clusterctlConfig(settings)]] as const,
          [CLUSTER_FILE, capiObjects(settings, stack, { infrastructure, controlPlanes, mirrors })] as const,
        ];
  return new Map([
    ...[...own, ...addonFiles(settings, { inContainers })].map(([path, objects]) => [path, yamlOf(objects)] as const),
    ...(provider === "kind" ? [...mirrors].map(([path, text]) => [`certs.d/${path}`, text] as const) : []),
  ]);
}

function defaultInfrastructure({ cluster: { kubernetes, registryMirrors } }: Settings): Infrastructure {
  return docker(mirrored(NODE_RELEASES[kubernetes].image, registryMirrors), []);
}

/** Settings of clusterctl: topologies are on, and its images come through the mirrors. */
function clusterctlConfig({ cluster: { registryMirrors } }: Settings): object {
  const image = mirrored("registry.k8s.io/cluster-api/-", registryMirrors).slice(0, -"/-".length);
  const certManager = mirrored("quay.io/jetstack/-", registryMirrors).slice(0, -"/-".length);
  return {
    CLUSTER_TOPOLOGY: "true",
    ...(Object.keys(registryMirrors).some((name) => [EVERY_REGISTRY, "registry.k8s.io", "quay.io"].includes(name))
      ? { images: { "all": { repository: image }, "cert-manager": { repository: certManager } } }
      : {}),
  };
}

/** A line has a whole value, so that a text can be found in it. */
const yamlOf = (objects: readonly object[]): string =>
  objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join("---\n");
