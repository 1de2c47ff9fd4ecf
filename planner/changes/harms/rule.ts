import { isObject } from "../../compare";
import type { Severity } from "../model";
import type { WholeChange } from "../objects";

/** What a change of one object does that a reviewer must see: a text for each, none if it is harmless. */
export interface HarmRule {
  readonly severity: Severity;
  /** Kinds of objects that it judges. @default all */
  readonly kinds?: readonly string[];
  readonly harms: (of: WholeChange) => Iterable<string>;
}

/** The value below some keys; undefined if there is none. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

export const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((each) =>
    typeof each === "object" ? JSON.stringify(each) : String(each),
  );

/** A text or number as text; the fallback for anything else. */
export const word = (value: unknown, fallback: string): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : fallback;

/** Names of `after` that are not in `before`. */
export const gained = (before: Iterable<string>, after: Iterable<string>): string[] => {
  const known = new Set(before);
  return [...new Set(after)].filter((one) => !known.has(one));
};

/** The first names, and the number of the others. */
export function few(names: readonly string[], most = 4): string {
  const left = names.length - most;
  return left > 0 ? `${names.slice(0, most).join(", ")} and ${String(left)} more` : names.join(", ");
}

const UNITS: Readonly<Record<string, number>> = {
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** The number of a Kubernetes quantity, such as `500m`, `24Gi` or `4`; undefined for other values. */
export function quantity(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  const match = typeof value === "string" ? /^(\d+(?:\.\d+)?)(m|k|[MGTP]|[KMGTP]i)?$/.exec(value) : null;
  return match === null ? undefined : Number(match[1]) * (match[2] === undefined ? 1 : (UNITS[match[2]] ?? 1));
}

/** Days of a span such as `90d`, `12h`, `4w` or a number of days; undefined for other values. */
export function days(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  const match = typeof value === "string" ? /^(\d+)(s|m|h|d|w)$/.exec(value) : null;
  const spans: Readonly<Record<string, number>> = { s: 1 / 86_400, m: 1 / 1440, h: 1 / 24, d: 1, w: 7 };
  return match === null ? undefined : Number(match[1]) * spans[match[2]!]!;
}
