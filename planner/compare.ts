import { diffArrays } from "diff";

/** The path of a field: keys, or `[name]` and `[0]` for items of a list. */
export type FieldPath = readonly string[];

/** A field that differs. It has no `before` where it is new, and no `after` where it is gone. */
export interface FieldDifference {
  readonly path: FieldPath;
  readonly before?: unknown;
  readonly after?: unknown;
}

/**
 * Fields in which two parsed manifests differ. A field that is new or gone counts once, without its children. Items of a list are
 * compared by a key that all of them have, such as their name; those of a set in any order; others in their order, so that a new
 * item does not change all that follow it. Texts of JSON are compared as what they say.
 */
export function compare(previous: unknown, next: unknown, at: FieldPath = []): FieldDifference[] {
  if (Object.is(previous, next)) return [];
  if (Array.isArray(previous) && Array.isArray(next)) return compareLists(previous, next, at);
  if (isObject(previous) && isObject(next)) {
    return keysOf(previous, next).flatMap((key) => compare(previous[key], next[key], [...at, key]));
  }
  const [before, after] = [document(previous), document(next)];
  if (before !== undefined && after !== undefined) return compare(before, after, at);
  return [
    { path: at, ...(previous !== undefined && { before: previous }), ...(next !== undefined && { after: next }) },
  ];
}

/** `spec.template.spec.containers[trino].image`; a key with a dot or a slash is quoted, and `.` is the whole manifest. */
export function formatPath(path: FieldPath): string {
  if (path.length === 0) return ".";
  return path.reduce((text, key) => {
    if (key.startsWith("[")) return text + key;
    if (!/^[\w-]+$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === "" ? key : `${text}.${key}`;
  }, "");
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object or list that a text of JSON says; undefined for anything else. */
export function document(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** JSON with sorted keys: equal for equal values. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}

/** Keys by which items of a list are known, in the order in which they are tried. */
const KEYS = ["name", "mountPath", "path", "key"] as const;

/** Lists whose items have no order: by the Kubernetes API, IAM policies and the operators' definitions. */
const SETS: ReadonlySet<string> = new Set(
  [
    "ingress egress from to ports policyTypes except cidrs rules verbs resources apiGroups resourceNames nonResourceURLs subjects",
    "tolerations accessModes finalizers add drop imagePullSecrets secrets values matchExpressions topologySpreadConstraints",
    "Statement Action Resource NotAction s3:prefix acls operations privileges",
  ].flatMap((names) => names.split(" ")),
);

function compareLists(previous: readonly unknown[], next: readonly unknown[], at: FieldPath): FieldDifference[] {
  for (const key of KEYS) {
    const [before, after] = [byKey(previous, key), byKey(next, key)];
    if (before !== undefined && after !== undefined) return compareKeyed(before, after, at);
  }
  return SETS.has(at.at(-1) ?? "") ? compareSets(previous, next, at) : compareSequences(previous, next, at);
}

type Items = ReadonlyMap<string, unknown>;

/** Items by a key; undefined unless every item has it and all are different. */
function byKey(items: readonly unknown[], key: string): Items | undefined {
  const found = new Map<string, unknown>();
  for (const item of items) {
    const name = isObject(item) ? item[key] : undefined;
    if (typeof name !== "string" || found.has(name)) return undefined;
    found.set(name, item);
  }
  return found;
}

/** Keyed lists in which order has no meaning. */
const UNORDERED: ReadonlySet<string> = new Set([...SETS, "volumes", "volumeMounts", "items"]);

function compareKeyed(before: Items, after: Items, at: FieldPath): FieldDifference[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  const fields = names.flatMap((name) => compare(before.get(name), after.get(name), [...at, `[${name}]`]));
  // The order of environment variables and init containers matters.
  const common = (of: Items, other: Items) => [...of.keys()].filter((name) => other.has(name));
  const [was, is] = [common(before, after), common(after, before)];
  if (UNORDERED.has(at.at(-1) ?? "") || was.join("\n") === is.join("\n")) return fields;
  return [{ path: at, before: was, after: is }, ...fields];
}

function compareSets(previous: readonly unknown[], next: readonly unknown[], at: FieldPath): FieldDifference[] {
  const rest = new Map<string, number[]>();
  previous.forEach((item, index) => {
    const key = canonical(item);
    rest.set(key, [...(rest.get(key) ?? []), index]);
  });
  const added = next.flatMap((item, index) => (rest.get(canonical(item))?.pop() === undefined ? [index] : []));
  const removed = [...rest.values()].flat().sort((one, other) => one - other);
  return changed(previous, next, removed, added, at);
}

function compareSequences(previous: readonly unknown[], next: readonly unknown[], at: FieldPath): FieldDifference[] {
  const differences: FieldDifference[] = [];
  let [old, now] = [0, 0];
  let [removed, added]: [number[], number[]] = [[], []];
  const flush = () => {
    differences.push(...changed(previous, next, removed, added, at));
    [removed, added] = [[], []];
  };
  for (const part of diffArrays(previous.map(canonical), next.map(canonical))) {
    const indices = (from: number) => Array.from({ length: part.count }, (_, index) => from + index);
    if (part.removed) removed.push(...indices(old));
    else if (part.added) added.push(...indices(now));
    else flush();
    if (!part.added) old += part.count;
    if (!part.removed) now += part.count;
  }
  flush();
  return differences;
}

/** Items that stand in for each other are compared; the others are gone or new. */
function changed(
  previous: readonly unknown[],
  next: readonly unknown[],
  removed: readonly number[],
  added: readonly number[],
  at: FieldPath,
): FieldDifference[] {
  const both = Math.min(removed.length, added.length);
  const item = (index: number) => [...at, `[${String(index)}]`];
  return [
    ...added.slice(0, both).flatMap((index, pair) => compare(previous[removed[pair]!], next[index], item(index))),
    ...removed.slice(both).map((index) => ({ path: item(index), before: previous[index] })),
    ...added.slice(both).map((index) => ({ path: item(index), after: next[index] })),
  ];
}

function keysOf(...objects: readonly Readonly<Record<string, unknown>>[]): string[] {
  return [...new Set(objects.flatMap((object) => Object.keys(object)))].sort();
}
