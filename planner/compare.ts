/** The path of a field: keys, or `[name]` and `[0]` for items of a list. */
export type FieldPath = readonly string[];

/**
 * Paths at which two parsed manifests differ, without values. A field that is new or gone counts once, without its children.
 * Lists of named items are compared by name, as the Kubernetes API merges them; all others by position.
 */
export function compare(previous: unknown, next: unknown, at: FieldPath = []): FieldPath[] {
  if (Object.is(previous, next)) return [];
  if (Array.isArray(previous) && Array.isArray(next)) return compareLists(previous, next, at);
  if (isObject(previous) && isObject(next)) {
    return keysOf(previous, next).flatMap((key) => compare(previous[key], next[key], [...at, key]));
  }
  return [at];
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

function compareLists(previous: readonly unknown[], next: readonly unknown[], at: FieldPath): FieldPath[] {
  const [before, after] = [byItemName(previous), byItemName(next)];
  if (before === undefined || after === undefined) {
    const length = Math.max(previous.length, next.length);
    return Array.from({ length }, (_, index) => index).flatMap((index) =>
      compare(previous[index], next[index], [...at, `[${String(index)}]`]),
    );
  }
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  const fields = names.flatMap((name) => compare(before.get(name), after.get(name), [...at, `[${name}]`]));
  // The order of environment variables and init containers matters.
  const common = (of: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>) =>
    [...of.keys()].filter((name) => other.has(name)).join("\n");
  return common(before, after) === common(after, before) ? fields : [at, ...fields];
}

/** Items by name; undefined unless every item has a unique name. */
function byItemName(items: readonly unknown[]): ReadonlyMap<string, unknown> | undefined {
  const named = new Map<string, unknown>();
  for (const item of items) {
    if (!isObject(item) || typeof item.name !== "string" || named.has(item.name)) return undefined;
    named.set(item.name, item);
  }
  return named;
}

function keysOf(...objects: readonly Readonly<Record<string, unknown>>[]): string[] {
  return [...new Set(objects.flatMap((object) => Object.keys(object)))].sort();
}
