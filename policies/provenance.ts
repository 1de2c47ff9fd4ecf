import { imagePolicy } from "./images";
import { forbiddenLicence } from "./images/licences";

/** What is known of images: their licence, and the content that was seen behind their tag. Both come from the configuration. */

const textMap = (description: string) => ({
  type: "object" as const,
  additionalProperties: { type: "string" as const },
  default: {},
  description,
});

const textOf = (map: unknown, key: string): string | undefined => {
  const value =
    typeof map === "object" && map !== null && Object.hasOwn(map, key)
      ? (map as Record<string, unknown>)[key]
      : undefined;
  return typeof value === "string" ? value : undefined;
};

export const imageRequireAllowedLicence = imagePolicy(
  "image-require-allowed-licence",
  "No image has a licence that is forbidden.",
  ({ text, repository }, { licences, forbid, requireKnown }) => {
    const licence = textOf(licences, repository);
    if (licence === undefined) {
      if (requireKnown !== true) return undefined;
      return { problem: `uses ${text}, whose licence nobody stated`, fix: `state it under licences: "${repository}"` };
    }
    const forbidden = forbiddenLicence(licence, Array.isArray(forbid) ? (forbid as string[]) : []);
    return forbidden === undefined
      ? undefined
      : {
          problem: `uses ${text}, whose licence ${licence} is forbidden (${forbidden})`,
          fix: "use another image, or take the licence off the list",
        };
  },
  {
    licences: textMap("SPDX expression by repository with its registry, such as docker.io/library/postgres."),
    forbid: {
      type: "array",
      items: { type: "string" },
      default: [],
      description: "SPDX identifiers that no image may have; -only and -or-later do not matter.",
    },
    requireKnown: { type: "boolean", default: false, description: "Refuse images whose licence is not stated." },
  },
);

export const imageRequireDigest = imagePolicy(
  "image-require-digest",
  "Images are pinned by the digest that was locked, where one is.",
  ({ text, repository, tag, digest, tagFromChart }, { digests, requireDigest }) => {
    const known = tag === undefined ? undefined : textOf(digests, `${repository}:${tag}`);
    if (digest !== undefined) {
      if (known === undefined || known === digest) return undefined;
      return {
        problem: `uses ${text}, which is not the locked ${known}`,
        fix: "lock it anew, or use the locked digest",
      };
    }
    if (known !== undefined) return { problem: `uses ${text} without its locked digest`, fix: `append @${known}` };
    // Which image a chart takes when it is told none is pinned with the chart.
    if (requireDigest !== true || (tagFromChart && tag === undefined)) return undefined;
    return { problem: `uses ${text} without a digest`, fix: "append the @sha256:… that the registry gives for it" };
  },
  {
    digests: textMap("Locked digests by image with registry and tag, such as docker.io/library/postgres:18."),
    requireDigest: { type: "boolean", default: false, description: "Refuse every image without a digest." },
  },
);

export const provenance = [imageRequireAllowedLicence, imageRequireDigest];
