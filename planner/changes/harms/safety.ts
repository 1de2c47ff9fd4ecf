import { isObject } from "../../compare";
import { imagesOf, older, tagOf } from "../images";
import { at, few, gained, type HarmRule, items, quantity, texts } from "./rule";

/** Changes after which less protects what runs: quotas, copies, sizes, versions, alerts. */

/** `24Gi → 12Gi` of numbers that fall. */
function* falling(before: unknown, after: unknown): Generator<string> {
  if (!isObject(before)) return;
  for (const [key, was] of Object.entries(before)) {
    const is = at(after, key);
    const [more, less] = [quantity(was), quantity(is)];
    if (more !== undefined && less !== undefined && less < more) yield `${key} ${String(was)} → ${String(is)}`;
    if (is === undefined) yield `${key} without a bound`;
  }
}

const quotas: HarmRule = {
  severity: "safety",
  kinds: ["ResourceQuota", "LimitRange"],
  *harms({ change: { action, kind }, before, after }) {
    if (action === "delete") yield kind === "LimitRange" ? "gives pods no limits any more" : "bounds nothing any more";
    else if (action !== "create") {
      const less = [...falling(at(before, "spec", "hard"), at(after, "spec", "hard"))];
      if (less.length > 0) yield `holds less: ${few(less)}`;
    }
  },
};

const disruption: HarmRule = {
  severity: "safety",
  kinds: ["PodDisruptionBudget"],
  *harms({ change: { action, fields } }) {
    if (action === "delete") yield "no longer keeps pods from ending together";
    for (const { path, before, after } of fields) {
      const [was, is] = [quantity(before), quantity(after)];
      if (was === undefined || is === undefined) continue;
      if ((path === "spec.minAvailable" && is < was) || (path === "spec.maxUnavailable" && is > was))
        yield `lets more pods end together: ${path} ${String(before)} → ${String(after)}`;
    }
  },
};

/** Numbers of pods, by operators' names too. Copies of databases are rules of data. */
const REPLICAS =
  /^spec\.(replicas|nodeSets\[[^\]]+\]\.count|count|taskManager\.replicas|coordinator\.replicas|worker\.replicas)$/;

const replicas: HarmRule = {
  severity: "safety",
  *harms({ change: { fields, kind } }) {
    if (kind === "KafkaTopic" || kind === "MariaDB") return;
    for (const { path, before, after } of fields) {
      const [was, is] = [quantity(before), quantity(after)];
      if (REPLICAS.test(path) && was !== undefined && is !== undefined && is < was)
        yield `runs fewer pods: ${String(was)} → ${String(is)}`;
    }
  },
};

const SIZES = /(resources\.(limits|requests)\.(memory|cpu|storage)|storage\.size|\.storage)$/;

const sizes: HarmRule = {
  severity: "safety",
  *harms({ change: { fields, kind } }) {
    if (kind === "ResourceQuota" || kind === "LimitRange") return;
    const seen = new Set<string>();
    for (const { path, before, after } of fields) {
      if (!SIZES.test(path)) continue;
      const what = path.split(".").at(-1) ?? "";
      const [was, is] = [quantity(before), quantity(after)];
      const text =
        is === undefined && after === undefined && path.includes("limits")
          ? `has no limit of ${what} any more`
          : was !== undefined && is !== undefined && is < was
            ? `has less ${what === "size" ? "storage" : what}: ${String(before)} → ${String(after)}`
            : undefined;
      // Requests and limits of memory are the same.
      if (text !== undefined && !seen.has(text)) yield text;
      if (text !== undefined) seen.add(text);
    }
  },
};

const images: HarmRule = {
  severity: "safety",
  *harms({ change: { action }, before, after }) {
    if (action !== "change" && action !== "replace") return;
    const was = imagesOf(before);
    for (const [place, image] of imagesOf(after)) {
      const earlier = was.get(place);
      if (earlier === undefined || earlier === image) continue;
      const [old, now] = [tagOf(earlier), tagOf(image)];
      if (old.name !== now.name) yield `runs another image: ${earlier} → ${image}`;
      else if (older(now.tag, old.tag)) yield `runs an older image: ${old.name} ${old.tag} → ${now.tag}`;
      else if (now.tag === "latest" || now.tag === "") yield `runs an image without a fixed version: ${image}`;
      if (old.digest !== "" && now.digest === "") yield `runs an image without its digest: ${image}`;
    }
  },
};

const charts: HarmRule = {
  severity: "safety",
  *harms({ before, after }) {
    const version = (of: unknown) => (at(of, "chart") === undefined ? undefined : at(of, "version"));
    const [was, is] = [version(before), version(after)];
    if (typeof was === "string" && typeof is === "string" && older(is, was))
      yield `installs an older chart: ${was} → ${is}`;
  },
};

const alerts: HarmRule = {
  severity: "safety",
  kinds: ["PrometheusRule"],
  *harms({ change: { action }, before, after }) {
    const names = (of: unknown) =>
      items(at(of, "spec", "groups")).flatMap((group) =>
        items(at(group, "rules")).flatMap((rule) => texts(at(rule, "alert"))),
      );
    const gone = gained(names(after), names(before));
    if (gone.length > 0)
      yield action === "delete" ? `raises no alerts any more (${few(gone)})` : `no longer alerts: ${few(gone)}`;
  },
};

const monitors: HarmRule = {
  severity: "safety",
  kinds: ["PodMonitor", "ServiceMonitor"],
  *harms({ change: { action } }) {
    if (action === "delete") yield "is no longer scraped";
  },
};

const probes: HarmRule = {
  severity: "safety",
  *harms({ change: { fields } }) {
    for (const { path, after } of fields)
      if (/\.(livenessProbe|readinessProbe|startupProbe)$/.test(path) && after === undefined)
        yield `is no longer probed: ${path}`;
  },
};

export const safetyRules: readonly HarmRule[] = [
  quotas,
  disruption,
  replicas,
  sizes,
  images,
  charts,
  alerts,
  monitors,
  probes,
];
