/** The registry of images that name none. */
export const DOCKER_HUB = "docker.io";

/** An image in the parts that charts take. */
export interface ImageParts {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest?: string;
}

/** @throws Error for an image without registry or tag: all pins have both */
export function imageParts(image: string): ImageParts {
  const [, registry, repository, tag, digest] = /^([^/]+)\/([^:@]+):([^@]+)(?:@(.+))?$/.exec(image) ?? [];
  if (registry === undefined || repository === undefined || tag === undefined)
    throw new Error(`${image} is not <registry>/<repository>:<tag>`);
  return { registry, repository, tag, ...(digest === undefined ? {} : { digest }) };
}

/** The tag of an image of the settings, which is the version that its pods show. */
export const tagOf = (image: string): string =>
  /:([\w.-]+)(?:@|$)/.exec(image.slice(image.lastIndexOf("/")))?.[1] ?? "own";

/** For charts without a value for the digest: in `tag@digest` the digest decides. */
export function withTag({ tag, digest }: ImageParts): string {
  return digest === undefined ? tag : `${tag}@${digest}`;
}
