import { PRESETS } from "../components/core/system";
import { effective } from "../components/settings/effective";

/** Paths of the settings, and of the sections around them. Those of lists and of names that stacks give are left out. */
export function settingPaths(): string[] {
  const all = PRESETS.flatMap((preset) => effective({ preset })).map(({ path }) => path.split("."));
  return [...new Set(all.flatMap((keys) => keys.map((_, at) => keys.slice(0, at + 1).join("."))))];
}
