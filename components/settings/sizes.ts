import { formatBytes, MiB } from "../core/quantity";
import { type AnySystem, isChosen, pathOf, settingsOf } from "../core/system";
import type { Size } from "../fields/fields";
import { type Mistake, suggestion } from "../fields/mistakes";
import { systems } from "../systems";
import type { Rule } from "./rule";

/** Every size in some settings, with its path below them. */
export function* sizes(value: unknown, path = ""): Generator<{ path: string } & Size> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return;
  if (isSize(value)) yield { path, ...value };
  for (const [key, inner] of Object.entries(value)) yield* sizes(inner, path === "" ? key : `${path}.${key}`);
}

function* sizesOf(settings: object): Generator<{ system: AnySystem; key: string } & Size> {
  for (const system of systems) {
    const own = settingsOf(system, settings);
    if (isChosen(system, own)) for (const { path, ...size } of sizes(own)) yield { system, key: path, ...size };
  }
}

/** Mistakes that the systems' own `check` functions find. */
export function* ownMistakes(settings: object): Generator<Mistake> {
  for (const system of systems) {
    const own = settingsOf(system, settings);
    if (isChosen(system, own)) yield* system.check?.(own) ?? [];
  }
}

/** Pools of sizes exist. */
export const poolsOfSizes: Rule = function* (settings) {
  const names = Object.keys(settings.pools);
  for (const { system, key, pool = [] } of sizesOf(settings)) {
    for (const name of pool)
      if (!names.includes(name))
        yield {
          path: `${pathOf(system)}.${key}.pool`,
          message: `given "${name}", which is not in lakehouse:pools${suggestion(name, names)}; allowed: ${names.join(", ")}`,
        };
  }
};

/** Least memory of one size of a system, in MiB. @throws Error for a size without one */
export function leastMemory(system: AnySystem, key: string): number {
  const least = system.least?.[key];
  if (least === undefined) throw new Error(`${pathOf(system)}.${key}: its system has no "least" for this size`);
  return least;
}

/** A system's settings in which each size names its setting, so that the groups made of them do too. */
export function withPaths(system: AnySystem, own: unknown): unknown {
  const mark = (value: unknown, path: string): unknown => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const inner = Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, mark(one, path === "" ? key : `${path}.${key}`)]),
    );
    if (!isSize(value)) return inner;
    const leastBytes = leastMemory(system, path) * MiB;
    return {
      ...inner,
      setting: { path: `${pathOf(system)}.${path}`, replicas: value.replicas, leastMemory: leastBytes },
    };
  };
  return mark(own, "");
}

const isSize = (value: object): value is Size => "memory" in value && "cpu" in value && "replicas" in value;

/** Every size has the least memory of its system, so that engines have room for their heaps. */
export const roomForHeaps: Rule = function* (settings) {
  for (const { system, key, memory } of sizesOf(settings)) {
    const least = leastMemory(system, key);
    if (memory < least * MiB)
      yield {
        path: `${pathOf(system)}.${key}.memory`,
        message: `given ${formatBytes(memory)}; allowed: at least ${String(least)}Mi`,
      };
  }
};
