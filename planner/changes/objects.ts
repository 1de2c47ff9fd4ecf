import { compare, type FieldDifference, type FieldPath, formatPath, isObject } from "../compare";
import { holdsData, immutables, type Immutable } from "../kinds";
import { byName } from "../order";
import type { FieldChange, ObjectChange } from "./model";
import { restarts } from "./restarts";
import { withoutSecrets } from "./secret";

/** Parsed manifests by their path, such as `lakehouse-query/statefulset-trino-worker.yaml`. */
export type Manifests = ReadonlyMap<string, unknown>;

/** A change with the whole manifests, for rules that judge it. */
export interface WholeChange {
  readonly change: ObjectChange;
  readonly before: unknown;
  readonly after: unknown;
  readonly fields: readonly FieldDifference[];
}

/** Every object that differs, in the order of names. */
export function objectChanges(before: Manifests, after: Manifests): WholeChange[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort(byName);
  return paths.flatMap((path) => {
    const [was, is] = [before.get(path), after.get(path)];
    if (!before.has(path))
      return [{ ...whole(path, is, "create", [], false), before: undefined, after: is, fields: [] }];
    if (!after.has(path))
      return [
        { ...whole(path, was, "delete", [], losesData(path, before)), before: was, after: undefined, fields: [] },
      ];
    return changed(path, was, is);
  });
}

function changed(path: string, before: unknown, after: unknown): WholeChange[] {
  const fields = compare(before, after);
  if (fields.length === 0) return [];
  const rules = immutables(before);
  const replaces = ({ path: field }: FieldDifference) => rules.some((rule) => covers(rule, field));
  const isReplaced = apiGroup(before) !== apiGroup(after) || fields.some(replaces);
  const isSecret = isObject(before) && before.kind === "Secret";
  const shown = fields.map((field): FieldChange => {
    const { path: at } = field;
    const own = isSecret && /^(data|stringData)$/.test(at[0] ?? "");
    const key = (at.at(-1) ?? "").replace(/^\[|\]$/g, "");
    const value = (of: unknown) => withoutSecrets(of, key, own);
    return {
      path: formatPath(at),
      ...("before" in field && { before: value(field.before) }),
      ...("after" in field && { after: value(field.after) }),
      ...(replaces(field) && { replaces: true }),
    };
  });
  const { change } = whole(path, after, isReplaced ? "replace" : "change", shown, isReplaced && holdsData(before));
  const pods = restarts(after, fields);
  return [{ change: { ...change, ...(pods !== undefined && { restarts: pods }) }, before, after, fields }];
}

function whole(
  path: string,
  manifest: unknown,
  action: ObjectChange["action"],
  fields: readonly FieldChange[],
  losesData: boolean,
): { readonly change: ObjectChange } {
  return { change: { resource: resourceName(path), kind: kindOf(manifest), action, fields, losesData } };
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

/** Whether a changed field is immutable. A change of its parent, such as a removed `spec`, counts too. */
function covers(rule: Immutable, field: FieldPath): boolean {
  const within = (path: string) => startsWith(field, path.split("."));
  const above = (path: string) => startsWith(path.split("."), field);
  return rule.fields.some((path) => within(path) || above(path)) && !(rule.except ?? []).some(within);
}

export function startsWith(path: FieldPath, start: FieldPath): boolean {
  return start.every((key, index) => path[index] === key);
}

/** The API server converts between versions of a kind, but another group is another kind. */
function apiGroup(manifest: unknown): string {
  const version = (manifest as { apiVersion?: unknown } | null | undefined)?.apiVersion;
  return typeof version === "string" ? version.replace(/\/?[^/]*$/, "") : "";
}

/** `Deployment`; of other providers' resources the last part of the type, `S3Bucket`. Empty for a Helm release. */
export function kindOf(manifest: unknown): string {
  if (!isObject(manifest)) return "";
  const { kind, type } = manifest;
  if (typeof kind === "string") return kind;
  return typeof type === "string" ? (type.split(":").at(-1) ?? "") : "";
}

export function resourceName(path: string): string {
  return path.replace(/\.(ya?ml|json)$/, "");
}
