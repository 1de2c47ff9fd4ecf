import type { PodGroup } from "./pod-group";
import { formatBytes, parseBytes } from "./quantity";

/**
 * A group as one line, `service=trino role=worker requests.memory=24Gi …`: what a component's inputs hold. Pulumi's `--diff` shows
 * the whole of a nested value in which one number changes, and of a list of texts the one that changes.
 */
export function groupText(group: PodGroup): string {
  return [...leaves(group)].map(([path, value]) => `${path}=${value}`).join(" ");
}

type Scalar = string | number | boolean;
type Tree = Record<string, unknown>;

/** @throws Error for a text that `groupText` did not make */
export function parseGroup(text: string): PodGroup {
  const root: Tree = {};
  for (const [, path = "", value = ""] of text.matchAll(/([^ =]+)=("(?:[^"\\]|\\.)*"|[^ ]+)/g)) {
    const keys = path.split(".").map(decodeURIComponent);
    const last = keys.pop() ?? "";
    const at = keys.reduce<Tree>((tree, key) => (tree[key] ??= {}) as Tree, root);
    at[last] = read(value);
  }
  const group = lists(root) as Partial<PodGroup>;
  if (group.service === undefined || group.requests === undefined) throw new Error(`not a group of pods: ${text}`);
  return group as PodGroup;
}

function* leaves(value: unknown, path = ""): Generator<[path: string, value: string]> {
  if (value === undefined || value === null) return;
  if (typeof value !== "object") {
    yield [path, write(value as Scalar)];
    return;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) yield [path, Array.isArray(value) ? EMPTY_LIST : EMPTY_MAP];
  for (const [key, inner] of entries) yield* leaves(inner, path === "" ? encodeKey(key) : `${path}.${encodeKey(key)}`);
}

/** Separators within a key are percent-encoded: a registry's host has dots. */
const encodeKey = (key: string) => key.replace(/[%.= ]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);

const [EMPTY_LIST, EMPTY_MAP] = ["[]", "{}"] as const;
/** Texts that cannot be read as another kind of value need no quotes. */
const PLAIN = /^[A-Za-z][\w./-]*$/;
const LITERALS = new Set(["true", "false", "Infinity", "NaN"]);

function write(value: Scalar): string {
  if (typeof value === "number") return value >= 1024 ? formatBytes(value) : String(value);
  if (typeof value === "string" && PLAIN.test(value) && !LITERALS.has(value)) return value;
  return JSON.stringify(value);
}

function read(text: string): unknown {
  if (text === EMPTY_LIST) return [];
  if (text === EMPTY_MAP) return {};
  return PLAIN.test(text) && !LITERALS.has(text) ? text : (parseBytes(text) ?? JSON.parse(text));
}

/** Maps whose keys are 0, 1, 2 … as lists again. */
function lists(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, lists(inner)] as const);
  const isList = entries.length > 0 && entries.every(([key], index) => key === String(index));
  return isList ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}
