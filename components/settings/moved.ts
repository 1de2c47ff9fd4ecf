import { isChosen, pathOf, settingsOf } from "../core/system";
import { systems } from "../systems";
import type { Fragment } from "./presets";

export interface NewKeys {
  /** The settings with every value under its new key; a value that the new key has already stays. */
  readonly settings: Fragment;
  /** One sentence for each key to change in the stack file. */
  readonly hints: readonly string[];
}

/** Accepts settings by the keys of the release before. */
export function newKeys(raw: Fragment): NewKeys {
  const hints: string[] = [];
  const settings = systems.reduce<Fragment>((all, system) => {
    const own = settingsOf(system, all);
    if (system.moved === undefined || !isRecord(own) || !isChosen(system, own)) return all;
    const { section, key } = system;
    let renamed = own;
    for (const { key: old, to, is } of system.moved) {
      if (!(old in renamed) || is?.(renamed[old]) === false) continue;
      const { [old]: value, ...rest } = renamed;
      renamed = { [to]: value, ...rest };
      hints.push(
        `${pathOf(system)}.${old} is renamed to ${pathOf(system)}.${to}; the old key is accepted for one release`,
      );
    }
    return { ...all, [section]: { ...(all[section] as Fragment), [key]: renamed } };
  }, raw);
  return { settings, hints };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
