import { DOCKER_HUB, imageParts } from "./image";

/** What the cluster requires of every pod: registry mirrors, pull secrets and trusted CAs. Plain data, part of each PodGroup. */
export interface Site {
  /**
   * Mirrors by the host of the registry that they replace: `{ "docker.io": "registry.corp:5000/dockerhub" }`. `*` stands for every
   * other registry and keeps its host: `registry.corp:5000/quay.io/…`. @default none
   */
  readonly registryMirrors?: Readonly<Record<string, string>>;
  /** Secrets with credentials of registries, in each namespace. @default none */
  readonly imagePullSecrets?: readonly string[];
  /** Fingerprint of the CAs that pods trust; the bundle itself is in each namespace. @default those of the images */
  readonly caBundle?: string;
  /** Whether clients verify the servers of the stack by them. @default its servers speak no TLS */
  readonly tls?: true;
}

/** Part of a PodGroup that image names and trust depend on. */
export interface Sited {
  readonly site?: Site;
}

/** Key of the mirror for every registry that has none of its own. */
export const EVERY_REGISTRY = "*";

/** Name of an image for the pods of a group: at the mirror of its registry, where there is one. */
export function imageFor({ site }: Sited, image: string): string {
  return mirrored(image, site?.registryMirrors);
}

/** An image that is at a mirror's host already, such as an own one, keeps its name. */
export function mirrored(image: string, mirrors: NonNullable<Site["registryMirrors"]> = {}): string {
  const { registry, path } = located(image);
  const own = Object.hasOwn(mirrors, registry) ? mirrors[registry] : undefined;
  if (own !== undefined) return image.startsWith(`${own}/`) ? image : `${own}/${path}`;
  const rest = mirrors[EVERY_REGISTRY];
  const hosts = Object.values(mirrors).map((prefix) => prefix.split("/", 1)[0]);
  return rest === undefined || hosts.includes(registry) ? image : `${rest}/${registry}/${path}`;
}

/** `imagePullSecrets` of a pod, of a custom resource or of a chart's values. */
export function pullSecrets({ site }: Sited): { readonly imagePullSecrets?: { readonly name: string }[] } {
  const { imagePullSecrets = [] } = site ?? {};
  return imagePullSecrets.length === 0 ? {} : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) };
}

/** The parts of an image of a group, as charts take them. */
export const imagePartsFor = (group: Sited, image: string) => imageParts(imageFor(group, image));

/** The registry of an image, and its path there: `busybox:1` is `library/busybox:1` of `docker.io`. */
function located(image: string): { readonly registry: string; readonly path: string } {
  const slash = image.indexOf("/");
  const first = image.slice(0, Math.max(0, slash));
  if (/[.:]/.test(first) || first === "localhost") return { registry: first, path: image.slice(slash + 1) };
  return { registry: DOCKER_HUB, path: slash < 0 ? `library/${image}` : image };
}
