import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";

import { description } from "./capacity/model";
import { type Config, resourcePolicy, stackPolicy, type Violation } from "./core/define";
import type { Field } from "./core/field";
import type { Resource } from "./core/resource";
import type { Stack } from "./core/stack";
import { DEAD_REGISTRIES, REGISTRIES } from "./images/registries";
import { workloads, WORKLOAD_KEYS } from "./workloads";
import { chartName } from "./workloads/charts";

/** Where software comes from, and that it is the same tomorrow. */

/** An image as it was written, taken apart. */
interface Image {
  readonly field: Field;
  readonly text: string;
  /** With its registry: `docker.io/library/postgres`. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  /** A chart that is given no tag uses the one of its version. */
  readonly tagFromChart: boolean;
}

export function parseImage(text: string): Omit<Image, "field" | "tagFromChart"> {
  const [rest = "", digest] = text.split("@", 2);
  const colon = rest.lastIndexOf(":");
  const tagged = colon > rest.lastIndexOf("/");
  const path = tagged ? rest.slice(0, colon) : rest;
  const first = path.split("/", 1)[0] ?? "";
  const hasRegistry = path.includes("/") && (/[.:]/.test(first) || first === "localhost");
  const repository = hasRegistry ? path : `docker.io/${path.includes("/") ? "" : "library/"}${path}`;
  return { text, repository, tag: tagged ? rest.slice(colon + 1) : undefined, digest };
}

function images(resource: Resource): Image[] {
  const pods = workloads(resource).flatMap(({ containers }) => containers.map(({ image }) => image));
  const unique = new Map(pods.filter(({ text }) => text !== undefined).map((field) => [field.path, field]));
  const written = [...unique.values()].map((field) => ({
    field,
    tagFromChart: false,
    ...parseImage(field.text ?? ""),
  }));
  return [...written, ...(resource.key === "helm.sh/Release" ? imagesOfValues(resource.root.at("values")) : [])];
}

/** Charts spell images as `{ registry, repository, tag, digest }` or as one string under `image`. */
function imagesOfValues(values: Field): Image[] {
  return values.entries.flatMap(([key, field]) => {
    if (/image$/i.test(key) && field.text !== undefined) {
      return [{ field, tagFromChart: false, ...parseImage(field.text) }];
    }
    const repository = field.at("repository").text;
    if (repository === undefined) return imagesOfValues(field);
    const registry = field.at("registry").text;
    const tag = field.at("tag").text;
    const suffix = tag === undefined || tag === "" ? "" : `:${tag}`;
    const text = `${registry === undefined || registry === "" ? "" : `${registry}/`}${repository}${suffix}`;
    const digest = field.at("digest").text;
    const image = { field: field.at("repository"), tagFromChart: suffix === "", ...parseImage(text) };
    return [digest === undefined || digest === "" ? image : { ...image, digest }];
  });
}

/** A policy about every image that pods and charts of a stack name. */
export function imagePolicy(
  name: string,
  description: string,
  judge: (image: Image, config: Config) => Omit<Violation, "field"> | undefined,
  config?: Parameters<typeof resourcePolicy>[0]["config"],
): ResourceValidationPolicy {
  return resourcePolicy({
    name,
    description,
    of: WORKLOAD_KEYS,
    ...(config === undefined ? {} : { config }),
    *check(resource, settings) {
      for (const image of images(resource)) {
        const violation = judge(image, settings);
        if (violation !== undefined) yield { field: image.field, ...violation };
      }
    },
  });
}

const FLOATING = /^(latest|stable|edge|nightly|main|master|dev|snapshot|.*-(latest|snapshot))$/i;

export const imageRequirePinnedTag = imagePolicy(
  "image-require-pinned-tag",
  "Every image is pinned to a version or a digest.",
  ({ text, tag, digest, tagFromChart }) => {
    if (digest !== undefined || (tagFromChart && tag === undefined)) return undefined;
    const fix = "pin the version that was tested, or its digest";
    if (tag === undefined) return { problem: `uses ${text} without a tag`, fix };
    return FLOATING.test(tag) ? { problem: `uses ${text}, whose tag moves`, fix } : undefined;
  },
);

export const imageForbidDeadRegistry = imagePolicy(
  "image-forbid-dead-registry",
  "No image comes from a place that no longer serves or updates it.",
  ({ text, repository }) => {
    const dead = DEAD_REGISTRIES.find(({ prefix }) => within(repository, prefix));
    return dead === undefined
      ? undefined
      : { problem: `uses ${text}: ${dead.reason}`.replace(": ", ", but "), fix: dead.instead };
  },
);

export const imageRequireAllowedRegistry: StackValidationPolicy = stackPolicy({
  name: "image-require-allowed-registry",
  description: "Every image comes from a registry on the list, or from the mirror that takes its place.",
  config: {
    registries: {
      type: "array",
      items: { type: "string" },
      default: [],
      description:
        "Registries, or parts of them such as ghcr.io/our-team, that images may come from; empty: the well-known ones, and where the capacity ConfigMap names mirrors, those in place of the registries that they mirror.",
    },
  },
  *check(stack, { registries }) {
    const given = Array.isArray(registries) ? (registries as string[]) : [];
    const allowed = given.length > 0 ? given : afterMirrors(stack);
    for (const resource of stack.of(...WORKLOAD_KEYS)) {
      for (const { field, text, repository } of images(resource)) {
        if (allowed.some((prefix) => within(repository, prefix))) continue;
        yield {
          on: resource,
          field,
          problem: `uses ${text} from ${repository.split("/", 1)[0] ?? ""}`,
          fix: `use one of ${allowed.join(", ")}`,
        };
      }
    }
  },
});

/** A registry that has a mirror is out of reach, and so is every one without where `*` has one. */
function afterMirrors(stack: Stack): string[] {
  const mirrors = description(stack).at("registryMirrors").entries;
  const mirrored = mirrors.map(([registry]) => registry);
  const left = mirrored.includes("*") ? [] : REGISTRIES.filter((registry) => !mirrored.includes(registry));
  return [...left, ...mirrors.flatMap(([, mirror]) => mirror.text ?? [])];
}

function within(repository: string, prefix: string): boolean {
  return repository === prefix || repository.startsWith(`${prefix.replace(/\/$/, "")}/`);
}

export const chartRequirePinnedVersion: ResourceValidationPolicy = resourcePolicy({
  name: "chart-require-pinned-version",
  description: "Every Helm chart is pinned to one exact version.",
  of: ["helm.sh/Release", "helm.sh/Chart"],
  *check({ root }) {
    const chart = root.at("chart");
    const version = root.at("version");
    // A chart in a file or a folder of the repository is pinned by the repository.
    if (version.unknown || /^\.{0,2}\/|\.tgz$/.test(chart.text ?? "")) return;
    if (/^v?\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?$/.test(version.text ?? "")) return;
    yield {
      field: version,
      problem: version.absent
        ? `takes whatever version of chart ${chartName(chart.text ?? "?")} is newest`
        : `gives ${JSON.stringify(version.value)}, which is not one version`,
      fix: "write the exact version, such as 1.2.3",
    };
  },
});

export const supply = [
  imageRequirePinnedTag,
  imageForbidDeadRegistry,
  imageRequireAllowedRegistry,
  chartRequirePinnedVersion,
];
