import { type PresetName, PRESETS } from "../core/system";
import { systems } from "../systems";

/** Settings as written, incomplete. */
export type Fragment = Readonly<Record<string, unknown>>;

/** The founding documents' production tiers, for what no system has: TB in object storage, and USD a month for machines. */
const TIERS: Readonly<Partial<Record<PresetName, { objectStorageTb: number; kubernetesMonthly: number }>>> = {
  minimal: { objectStorageTb: 1000, kubernetesMonthly: 3000 },
  medium: { objectStorageTb: 5000, kubernetesMonthly: 8000 },
  large: { objectStorageTb: 10_000, kubernetesMonthly: 12_000 },
};

/**
 * Sizes to start from. `dev` is a laptop, `homelab` three 96 GB machines; the others are the founding documents' production tiers:
 * 1 PB, 5 PB with 50 000 users, 10 PB with 100 000 users.
 * @param raw settings of the stack file: where several systems share a key, the sizes of the chosen one apply
 */
export function preset(name: PresetName, raw: Fragment = {}): Fragment {
  const tier = TIERS[name];
  const start: Fragment = tier === undefined ? {} : { prices: tier };
  return systems
    .filter(({ section, key, kind }) => kind === undefined || at(raw, section, key, "kind") === kind)
    .reduce(
      (joined, { section, key, presets }) => merge(joined, { [section]: { [key]: presets?.[name] ?? {} } }),
      start,
    );
}

/** The preset that a stack file names; empty for an unknown one. */
export function presetOf(raw: Fragment): Fragment {
  const name = (raw.preset ?? "homelab") as PresetName;
  return PRESETS.includes(name) ? preset(name, raw) : {};
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isSection(inner) ? inner[key] : undefined), value);
}

/** `base` with `over` on top: sections are joined key by key, everything else is replaced. */
export function merge(base: Fragment, over: Fragment): Fragment {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isSection(below) && isSection(value) ? merge(below, value) : value;
  }
  return merged;
}

/** A fragment with a value at a path such as `query.trino.worker`; sections are joined as `merge` does, an empty one changes nothing. */
export function put(fragment: Fragment, path: string, value: unknown): Fragment {
  if (isSection(value) && Object.keys(value).length === 0) return fragment;
  return merge(fragment, path.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Fragment);
}

function isSection(value: unknown): value is Fragment {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
