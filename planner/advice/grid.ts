import { GiB, MiB } from "../../components/core/quantity";
import type { SizeKey } from "./change";

/** Sizes that people write: fine steps for small pods, coarse ones for large. [up to, step] */
const STEPS: Readonly<Record<SizeKey, readonly (readonly [upTo: number, step: number])[]>> = {
  memory: [
    [GiB, 64 * MiB],
    [4 * GiB, 256 * MiB],
    [16 * GiB, 512 * MiB],
    [Infinity, GiB],
  ],
  cpu: [
    [0.5, 0.05],
    [2, 0.25],
    [8, 0.5],
    [Infinity, 1],
  ],
  replicas: [[Infinity, 1]],
};

const stepAt = (key: SizeKey, value: number): number => STEPS[key].find(([upTo]) => value < upTo)![1];

/** The largest such size that is no larger than `value`. 0 below the smallest. */
export function roundDown(key: SizeKey, value: number): number {
  const step = stepAt(key, value);
  return tidy(Math.floor(value / step + 1e-9) * step);
}

/** Sizes from `least` to below `most`, ascending. `least` is among them whatever it is. */
export function sizesBetween(key: SizeKey, least: number, most: number): number[] {
  if (least >= most) return [];
  const all = [least];
  for (let value = least; ;) {
    const step = stepAt(key, value);
    value = tidy((Math.floor(value / step + 1e-9) + 1) * step);
    if (value >= most) return all;
    all.push(value);
  }
}

/** Without the errors of decimal cores. */
const tidy = (value: number): number => Math.round(value * 1000) / 1000;

/** The largest of ascending values that passes, where every value below one that passes does too; undefined if none does. */
export function largest(values: readonly number[], passes: (value: number) => boolean): number | undefined {
  let [low, high] = [0, values.length];
  if (values.length === 0 || !passes(values[0]!)) return undefined;
  // values[low] passes, values[high] does not.
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (passes(values[middle]!)) low = middle;
    else high = middle;
  }
  return values[low];
}
