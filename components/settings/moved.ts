import { isChosen, pathOf, settingsOf } from "../core/system";
import { systems } from "../systems";
import { type Fragment, put } from "./presets";

export interface NewKeys {
  /** The settings with every value under its new key; a value that the new key has already stays. */
  readonly settings: Fragment;
  /** One sentence for each key to change in the stack file. */
  readonly hints: readonly string[];
}

const PREFIX = "lakehouse:";

/** Accepts settings by the keys of the release before. */
export function newKeys(raw: Fragment): NewKeys {
  const hints: string[] = [];
  const settings = systems.reduce<Fragment>((all, system) => {
    const own = settingsOf(system, all);
    if (system.moved === undefined || !isRecord(own) || !isChosen(system, own)) return all;
    const { section, key } = system;
    const base = `${section}.${key}`;
    let renamed = all;
    for (const { key: old, to, is } of system.moved) {
      const value = at(renamed, `${base}.${old}`);
      if (value === undefined || is?.(value) === false) continue;
      const path = to.startsWith(PREFIX) ? to.slice(PREFIX.length) : `${base}.${to}`;
      const kept = at(renamed, path);
      renamed = put(without(renamed, `${base}.${old}`.split(".")), path, kept ?? value);
      hints.push(`${pathOf(system)}.${old} is renamed to ${PREFIX}${path}; the old key is accepted for one release`);
    }
    return renamed;
  }, raw);
  return { settings, hints };
}

/** The value at a path; undefined where there is none. */
const at = (all: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((inner, key) => (isRecord(inner) ? inner[key] : undefined), all);

/** The settings without the value at a path. */
function without(all: Fragment, [key = "", ...rest]: readonly string[]): Fragment {
  const { [key]: value, ...others } = all;
  return rest.length === 0 || !isRecord(value) ? others : { ...all, [key]: without(value, rest) };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
