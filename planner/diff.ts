import { compare, formatPath, isObject, type FieldPath } from "./compare";
import { holdsData, immutables, type Immutable } from "./kinds";
import { byName } from "./order";
import type { ResourceChange, ResourceChanges } from "./plan";

/** Parsed manifests by their path, such as `lakehouse-query/statefulset-trino-worker.yaml`. */
export type Manifests = ReadonlyMap<string, unknown>;

export type ManifestChanges = Required<
  Pick<ResourceChanges, "create" | "change" | "delete" | "deletesData" | "replace">
>;

/** Changes from the last plan to this one. Without a last plan everything is created. */
export function diff(previous: Manifests | undefined, next: Manifests): ManifestChanges {
  const before = previous ?? new Map<string, unknown>();
  const deleted = [...before.keys()].filter((path) => !next.has(path)).sort(byName);
  const kept = [...next.keys()].filter((path) => before.has(path)).sort(byName);
  const changed = kept.flatMap((path) => changeOf(path, before.get(path), next.get(path)));
  return {
    create: [...next.keys()]
      .filter((path) => !before.has(path))
      .sort(byName)
      .map(resourceName),
    change: changed.filter(({ replaces }) => !replaces).map(({ change }) => change),
    delete: deleted.map(resourceName),
    deletesData: deleted.filter((path) => losesData(path, before)).map(resourceName),
    replace: changed.filter(({ replaces }) => replaces).map(({ change }) => change),
  };
}

/** Whether deleting a manifest deletes data. Deleting a namespace deletes everything in it. */
function losesData(path: string, before: Manifests): boolean {
  const manifest = before.get(path);
  if (!isNamespace(manifest)) return holdsData(manifest);
  return [...before.values()].some((other) => namespaceOf(other) === manifest.metadata.name && holdsData(other));
}

interface Namespace {
  readonly metadata: { readonly name: string };
}

function isNamespace(manifest: unknown): manifest is Namespace {
  const { kind, apiVersion, metadata } = (manifest ?? {}) as {
    kind?: unknown;
    apiVersion?: unknown;
    metadata?: unknown;
  };
  return kind === "Namespace" && apiVersion === "v1" && isObject(metadata) && typeof metadata.name === "string";
}

function namespaceOf(manifest: unknown): unknown {
  const { metadata, namespace } = (manifest ?? {}) as { metadata?: unknown; namespace?: unknown };
  return isObject(metadata) ? metadata.namespace : namespace;
}

function changeOf(path: string, before: unknown, after: unknown): { change: ResourceChange; replaces: boolean }[] {
  const fields = compare(before, after);
  if (fields.length === 0) return [];
  const rules = immutables(before);
  const replaces =
    apiGroup(before) !== apiGroup(after) || fields.some((field) => rules.some((rule) => covers(rule, field)));
  const losesData = replaces && holdsData(before);
  return [{ change: { resource: resourceName(path), fields: fields.map(formatPath), losesData }, replaces }];
}

/** Whether a changed field is immutable. A change of its parent, such as a removed `spec`, counts too. */
function covers(rule: Immutable, field: FieldPath): boolean {
  const within = (path: string) => startsWith(field, path.split("."));
  const above = (path: string) => startsWith(path.split("."), field);
  return rule.fields.some((path) => within(path) || above(path)) && !(rule.except ?? []).some(within);
}

function startsWith(path: FieldPath, start: FieldPath): boolean {
  return start.every((key, index) => path[index] === key);
}

/** The API server converts between versions of a kind, but another group is another kind. */
function apiGroup(manifest: unknown): string {
  const version = (manifest as { apiVersion?: unknown } | null | undefined)?.apiVersion;
  return typeof version === "string" ? version.replace(/\/?[^/]*$/, "") : "";
}

function resourceName(path: string): string {
  return path.replace(/\.(ya?ml|json)$/, "");
}
