import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";

import { capacityConfigMap } from "./capacity/model";
import { type Config, resourcePolicy, stackPolicy, type Violation } from "./core/define";
import type { Field } from "./core/field";
import type { Resource } from "./core/resource";
import type { Stack } from "./core/stack";
import { DEAD_REGISTRIES, REGISTRIES } from "./images/registries";
import { workloads, WORKLOAD_KEYS } from "./workloads";
import { chartName } from "./workloads/charts";

/** Sources and pinned versions of images and charts. */

/** An image reference, parsed. */
interface Image {
  readonly field: Field;
  readonly text: string;
  /** The registry included: `docker.io/library/postgres`. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  /** The values of a chart set no tag, so the chart's version decides it. */
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

/** An image of a stack, and the repositories that it may be a copy of. */
export interface StackImage extends Image {
  readonly resource: Resource;
  readonly places: readonly string[];
}

/** Every image of pods and of chart values of a stack. */
export function* stackImages(stack: Stack): Generator<StackImage> {
  const mirrors = mirrorsOf(stack);
  for (const resource of stack.of(...WORKLOAD_KEYS))
    for (const image of images(resource)) yield { ...image, resource, places: origins(image.repository, mirrors) };
}

/** A policy that judges every image of pods and of chart values. */
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

export const imageForbidDeadRegistry: StackValidationPolicy = stackPolicy({
  name: "image-forbid-dead-registry",
  description:
    "No image comes from a registry that no longer serves or updates it, and none is a mirror's copy of one.",
  *check(stack) {
    for (const { resource, field, text, places } of stackImages(stack)) {
      const dead = DEAD_REGISTRIES.find(({ prefix }) => places.some((place) => within(place, prefix)));
      if (dead !== undefined)
        yield { on: resource, field, problem: `uses ${text}, but ${dead.reason}`, fix: dead.instead };
    }
  },
});

/** Repositories that an image may be a copy of, by its name: `mirror.example/docker.io/team/app` is `docker.io/team/app`. */
function origins(repository: string, mirrors: readonly (readonly [registry: string, mirror: string])[]): string[] {
  const replaced = mirrors
    .filter(([, mirror]) => within(repository, mirror))
    .map(([registry, mirror]) => `${registry}${repository.slice(mirror.length)}`);
  const steps = repository.split("/");
  // A mirror of several registries has a folder for each, named by the registry's host.
  const below = steps.map((_, index) => steps.slice(index)).filter(([host = ""]) => host.includes("."));
  return [repository, ...replaced, ...below.map((rest) => rest.join("/"))];
}

export const imageRequireAllowedRegistry: StackValidationPolicy = stackPolicy({
  name: "image-require-allowed-registry",
  description: "Every image comes from a registry on the list, or from the mirror that takes its place.",
  config: {
    registries: {
      type: "array",
      items: { type: "string" },
      default: [],
      description:
        "Registries, or parts of them such as ghcr.io/our-team, that images may come from. Empty: the well-known registries, with a mirror of the capacity ConfigMap in place of each registry that it mirrors, and the own registries that it names.",
    },
  },
  *check(stack, { registries }) {
    const given = Array.isArray(registries) ? (registries as string[]) : [];
    const allowed = given.length > 0 ? given : reachableRegistries(stack);
    for (const resource of stack.of(...WORKLOAD_KEYS)) {
      for (const { field, text, repository } of images(resource)) {
        if (allowed.some((prefix) => within(repository, prefix))) continue;
        yield {
          on: resource,
          field,
          problem: `uses ${text} from ${repository.split("/", 1)[0] ?? ""}, a registry that is not allowed`,
          fix: `use an image from one of ${allowed.join(", ")}`,
        };
      }
    }
  },
});

/** Registries with the mirror of each: `["docker.io", "registry.corp:5000/dockerhub"]`. */
function mirrorsOf(stack: Stack): (readonly [registry: string, mirror: string])[] {
  return capacityConfigMap(stack)
    .at("registryMirrors")
    .entries.flatMap(([registry, { text }]) => (text === undefined ? [] : [[registry, text] as const]));
}

/** A mirror replaces its registry, and a mirror of `*` replaces every other registry. The owner's own are reached as they are. */
function reachableRegistries(stack: Stack): string[] {
  const mirrors = mirrorsOf(stack);
  const mirrored = mirrors.map(([registry]) => registry);
  const direct = mirrored.includes("*") ? [] : REGISTRIES.filter((registry) => !mirrored.includes(registry));
  const own = capacityConfigMap(stack)
    .at("ownRegistries")
    .items.flatMap(({ text }) => text ?? []);
  return [...direct, ...mirrors.map(([, mirror]) => mirror), ...own];
}

export function within(repository: string, prefix: string): boolean {
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
        ? `states no version, so Helm installs the newest of chart ${chartName(chart.text ?? "?")}`
        : `sets version to ${JSON.stringify(version.value)}, which is not one exact version`,
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
