import type { StackValidationPolicy } from "@pulumi/policy";

import { capacityConfigMap } from "./capacity/model";
import { stackPolicy } from "./core/define";
import { imagePolicy, stackImages, within } from "./images";
import { forbiddenLicence, RESTRICTED_SOURCES } from "./images/licences";

/** Licences of images, and the digests that were locked for their tags. Both are given in the policies' configuration. */

const textMap = (description: string) => ({
  type: "object" as const,
  additionalProperties: { type: "string" as const },
  default: {},
  description,
});

const textsOf = (list: unknown): string[] => (Array.isArray(list) ? (list as string[]) : []);

const textOf = (map: unknown, key: string): string | undefined => {
  const value =
    typeof map === "object" && map !== null && Object.hasOwn(map, key)
      ? (map as Record<string, unknown>)[key]
      : undefined;
  return typeof value === "string" ? value : undefined;
};

export const imageRequireAllowedLicence: StackValidationPolicy = stackPolicy({
  name: "image-require-allowed-licence",
  description: "No image has a licence that is forbidden, or that is not open source and was not accepted.",
  config: {
    licences: textMap("SPDX expression by repository with its registry, such as docker.io/library/postgres."),
    forbid: {
      type: "array",
      items: { type: "string" },
      default: [],
      description: "SPDX identifiers that no image may have; -only and -or-later do not matter.",
    },
    accept: {
      type: "array",
      items: { type: "string" },
      default: [],
      description:
        "SPDX identifiers that are not open source and are accepted, beside those of the capacity ConfigMap; of the registries that the pack knows.",
    },
    requireKnown: { type: "boolean", default: false, description: "Refuse images whose licence is not stated." },
  },
  *check(stack, config) {
    const forbid = textsOf(config.forbid);
    const accepted = [
      ...textsOf(config.accept),
      ...capacityConfigMap(stack)
        .at("licences")
        .items.map(({ text }) => text),
    ];
    for (const { resource, field, text, repository, places } of stackImages(stack)) {
      const stated = textOf(config.licences, repository);
      const source = RESTRICTED_SOURCES.find(({ prefix }) => places.some((place) => within(place, prefix)));
      const licence = stated ?? source?.licence;
      const on = { on: resource, field };
      if (licence === undefined) {
        if (config.requireKnown === true)
          yield {
            ...on,
            problem: `uses ${text}, whose licence is not stated`,
            fix: `add "${repository}" to licences in the configuration`,
          };
        continue;
      }
      const forbidden = forbiddenLicence(licence, forbid);
      if (forbidden !== undefined)
        yield {
          ...on,
          problem: `uses ${text}, whose licence ${licence} is forbidden (${forbidden})`,
          fix: "use another image, or remove the licence from forbid in the configuration",
        };
      else if (stated === undefined && source !== undefined && !accepted.includes(licence))
        yield {
          ...on,
          problem: `uses ${text}, whose licence ${licence} is not open source and was not accepted`,
          fix: `${source.instead}, or accept ${licence} in the stack's settings or in the configuration`,
        };
    }
  },
});

export const imageRequireDigest = imagePolicy(
  "image-require-digest",
  "Every image with a locked digest is pinned by that digest.",
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
    // The default image of a chart is pinned with the chart's version.
    if (requireDigest !== true || (tagFromChart && tag === undefined)) return undefined;
    return { problem: `uses ${text} without a digest`, fix: "append the @sha256:… that the registry gives for it" };
  },
  {
    digests: textMap("Locked digests by image with registry and tag, such as docker.io/library/postgres:18."),
    requireDigest: { type: "boolean", default: false, description: "Refuse every image without a digest." },
  },
);

export const provenance = [imageRequireAllowedLicence, imageRequireDigest];
