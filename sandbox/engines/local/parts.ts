import type { StackConfig } from "../../../inputs/stack-file";
import { described } from "../described";
import type { Description } from "../description";
import type { Rendered } from "../rendered";
import type { EngineFacts, Part } from "./part";
import { Refused } from "./refused";

/** The word that takes all parts away. */
export const NONE = "none";

/** Parts by name, in the order in which engines are described: whatever an engine's description offers. */
const OFFERED: ReadonlyMap<string, () => Part> = new Map(
  (described as readonly Description[]).flatMap(({ local = {} }) => Object.entries(local)),
);

export const partNames = (): string[] => [...OFFERED.keys()].toSorted();

/** @throws Error for a name that `wantedParts` does not let through */
export function partOf(name: string): Part {
  const part = OFFERED.get(name);
  if (part === undefined) throw new Error(`${name} is no part of a local lakehouse`);
  return part();
}

/** Names that are known: one that an earlier version offered is left out. */
export const known = (names: readonly string[]): string[] => names.filter((name) => OFFERED.has(name));

export interface Wanted {
  /** The named parts and what they need, which comes first. */
  readonly parts: readonly string[];
  /** A line for each part that was not named. */
  readonly pulled: readonly string[];
}

/** Value of `--with`: names with commas between them. @throws Refused with a line for each name that is not offered */
export function wantedParts(text: string): Wanted {
  const names = [...new Set(text.split(",").map((name) => name.trim()))].filter((name) => name !== "");
  const mistakes = names.filter((name) => !OFFERED.has(name) && !(name === NONE && names.length === 1));
  if (names.length === 0) mistakes.push(text);
  if (mistakes.length > 0) {
    const allowed = `allowed: ${partNames().join(", ")}; or ${NONE} alone`;
    throw new Refused(mistakes.map((name) => `--with ${name}: ${allowed}`).join("\n"));
  }
  const parts = new Set<string>();
  const pulled: string[] = [];
  const add = (name: string, by?: string) => {
    const { what, needs = [] } = partOf(name);
    for (const need of needs) add(need, what);
    if (by !== undefined && !parts.has(name) && !names.includes(name)) pulled.push(`${by} needs ${what}: added`);
    parts.add(name);
  };
  for (const name of names.filter((each) => each !== NONE)) add(name);
  return { parts: [...parts], pulled };
}

/** Processes of parts by name. */
export const partEngines = (names: readonly string[]): Record<string, EngineFacts> =>
  Object.assign({}, ...known(names).map((name) => partOf(name).engines)) as Record<string, EngineFacts>;

/** The stack's settings with the parts switched on. */
export function withParts(config: StackConfig, names: readonly string[]): StackConfig {
  const values: Record<string, string> = { ...config.values };
  for (const name of known(names))
    for (const [section, more] of Object.entries(partOf(name).settings ?? {})) {
      const key = `lakehouse:${section}`;
      values[key] = JSON.stringify({ ...(JSON.parse(values[key] ?? "{}") as object), ...more });
    }
  return { ...config, values };
}

/** Bytes that each part may take, by the limits of its rendered pods. */
export const limitsOf = (names: readonly string[], rendered: Rendered): Record<string, number> =>
  Object.fromEntries(known(names).map((name) => [name, partOf(name).limit(rendered)]));
