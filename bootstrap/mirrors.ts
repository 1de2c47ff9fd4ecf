import type { ClusterSettings } from "../components/cluster/settings";
import { imageParts } from "../components/core/image";
import { EVERY_REGISTRY, mirrored } from "../components/core/site";
import { allPins } from "../components/pins";

/** Folder on the nodes in which containerd looks for mirrors. */
export const CERTS = "/etc/containerd/certs.d";
const CA = "ca.crt";

/** Registries of images that are not the stack's own: Canal's, cert-manager's, OpenEBS', Kubernetes'. */
const OF_BOOTSTRAP = ["docker.io", "quay.io", "registry.k8s.io"];

/**
 * containerd's files for the mirrors of the settings, by path below `certs.d`: what is installed before the stack is pulled through
 * them as well, under its own name. Empty without mirrors.
 */
export function mirrorFiles({
  registryMirrors,
  caBundle,
}: Pick<ClusterSettings, "registryMirrors" | "caBundle">): Map<string, string> {
  const named = Object.keys(registryMirrors).filter((registry) => registry !== EVERY_REGISTRY);
  const registries = registryMirrors[EVERY_REGISTRY] === undefined ? named : [...named, ...known()];
  const files = [...new Set(registries)].flatMap((registry): [string, string][] => {
    const mirror = mirrored(`${registry}/-`, registryMirrors).slice(0, -"/-".length);
    return mirror === registry ? [] : [[`${registry}/hosts.toml`, hosts(mirror, caBundle !== undefined)]];
  });
  if (files.length === 0) return new Map();
  return new Map(caBundle === undefined ? files : [...files, [CA, caBundle]]);
}

/** Registries of every pinned image. */
const known = () => [
  ...OF_BOOTSTRAP,
  ...allPins.flatMap(({ tag }) => (tag === undefined ? [] : [imageParts(tag).registry])),
];

/** `registry.example.org/dockerhub` as containerd's host: what is below the registry is part of the URL. */
function hosts(mirror: string, withCa: boolean): string {
  const [host = "", ...folder] = mirror.split("/");
  const url = ["https:/", host, ...(folder.length === 0 ? [] : ["v2", ...folder])].join("/");
  return [
    `[host."${url}"]`,
    `  capabilities = ["pull", "resolve"]`,
    ...(folder.length === 0 ? [] : ["  override_path = true"]),
    ...(withCa ? [`  ca = "${CERTS}/${CA}"`] : []),
    "",
  ].join("\n");
}
