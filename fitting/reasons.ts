import { formatCores } from "../components/core/quantity";
import { type Fragment, put } from "../components/settings/presets";
import { largest, sizesBetween } from "../planner/advice/grid";
import { sizeText } from "../planner/report/advice";
import { described, fits, ifValid, pathOf } from "./described";
import type { Draft } from "./draft";
import { placesOf, type Size, type Sizes, sizesOf } from "./sizes";

/** Why each size that differs from its preset's is as it is, by its path. */
export function reasons({ fragment, preset }: Draft): ReadonlyMap<string, string> {
  const { groups, nodes } = described(fragment);
  const now = sizesOf(groups);
  const usual: Sizes = sizesOf(ifValid(withoutSizes(fragment, [...now.keys()]))?.groups ?? []);
  const found = new Map<string, string>();
  for (const [path, size] of now) {
    const from = usual.get(path);
    if (from === undefined || sizeOf(from) === sizeOf(size)) continue;
    const group = groups.find(({ setting }) => setting !== undefined && pathOf(setting) === path);
    const fewer = group !== undefined && size.replicas < from.replicas;
    found.set(
      path,
      [
        size.memory === from.memory ? undefined : memoryReason(fragment, path, size),
        fewer ? `one on a node at the most, and there are ${String(placesOf(group, nodes))}` : undefined,
        `the preset ${preset} has ${sizeOf(from)}`,
      ]
        .filter((part) => part !== undefined)
        .map((part, at) => (at === 0 ? `${part.charAt(0).toUpperCase()}${part.slice(1)}` : part))
        .join("; ") + ".",
    );
  }
  return found;
}

const sizeOf = ({ replicas, cpu, memory }: Size): string =>
  `${replicas === 1 ? "" : `${String(replicas)} × `}${sizeText(memory)} and ${formatCores(cpu)} cpu`;

/** Whether the next larger size still fits. */
function memoryReason(fragment: Fragment, path: string, { memory }: Size): string {
  const next = sizesBetween("memory", memory, memory * 4)[1] ?? memory * 2;
  const more = largest([next], (value) => fits(put(fragment, path, { memory: sizeText(value) })));
  return more === undefined ? `the largest that fits, ${sizeText(next)} does not` : "in proportion to the others";
}

/** A fragment whose sizes are those of its preset. */
export function withoutSizes(fragment: Fragment, paths: readonly string[]): Fragment {
  return paths.reduce((all, path) => without(all, path.split(".")), fragment);
}

function without(fragment: Fragment, [key = "", ...rest]: readonly string[]): Fragment {
  const below = fragment[key];
  if (typeof below !== "object" || below === null) return fragment;
  const inner = below as Fragment;
  if (rest.length > 0) return { ...fragment, [key]: without(inner, rest) };
  const { cpu: _cpu, memory: _memory, replicas: _replicas, ...others } = inner;
  return { ...fragment, [key]: others };
}
