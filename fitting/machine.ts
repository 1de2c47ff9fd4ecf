import type { Taint } from "../components/core/node";
import type { Resources } from "../components/core/pod-group";
import { GiB, MiB } from "../components/core/quantity";

/** A machine of the user's. Cores, and memory in bytes. */
export interface Machine {
  readonly name: string;
  readonly cpu: number;
  readonly memory: number;
  /** What the operating system, Kubernetes and everything else on it keeps. */
  readonly system: Resources;
  /** @default none */
  readonly taints?: readonly Taint[];
}

/** Memory that Google's GKE keeps of a node: parts of it, each with its share. */
const SHARES: readonly (readonly [gib: number, share: number])[] = [
  [4, 0.25],
  [4, 0.2],
  [8, 0.1],
  [112, 0.06],
  [Infinity, 0.02],
];
export const RESERVE_SOURCE =
  "as GKE keeps it: a quarter of the first 4 GiB, a fifth of the next 4, a tenth of the next 8, 6 % up to 128";

/** What the system of a machine keeps that runs nothing but this stack: 2.75 GiB of 16, 4 GiB of 32; half a core, one from 8 cores on. */
export function reserve({ cpu, memory }: Resources): Resources {
  let [left, kept] = [memory / GiB, 0];
  for (const [gib, share] of SHARES) {
    kept += Math.min(left, gib) * share;
    left = Math.max(0, left - gib);
  }
  return { cpu: cpu >= 8 ? 1 : 0.5, memory: Math.ceil((kept * GiB) / (256 * MiB)) * 256 * MiB };
}

/** Equal machines: `<prefix>-1`, `<prefix>-2` and so on. */
export function machines(prefix: string, count: number, size: Resources): Machine[] {
  return Array.from({ length: count }, (_, at) => ({
    name: `${prefix}-${String(at + 1)}`,
    ...size,
    system: reserve(size),
  }));
}

/** Machines that differ only by the numbers in their names are one entry: `{ name: node, count: 3 }`. */
export function entries(all: readonly Machine[]): (Machine & { readonly count?: number })[] {
  const found: { of: Machine; prefix: string; count: number }[] = [];
  const key = (of: Machine) => JSON.stringify({ ...of, name: "" });
  for (const of of all) {
    const [, prefix, number] = /^(.+)-([1-9]\d*)$/.exec(of.name) ?? [];
    const last = found.at(-1);
    const follows = last !== undefined && last.prefix === prefix && Number(number) === last.count + 1;
    if (follows && key(last.of) === key(of)) last.count++;
    else found.push({ of, prefix: number === "1" ? (prefix ?? "") : "", count: 1 });
  }
  return found.map(({ of, prefix, count }) => (count === 1 ? of : { ...of, name: prefix, count }));
}
