import { mayRun, type Node } from "../components/core/node";
import { mainContainer, type PodGroup, type Resources, times } from "../components/core/pod-group";
import { formatBytes, TiB } from "../components/core/quantity";
import { type PresetName, PRESETS } from "../components/core/system";
import { type Fragment, put } from "../components/settings/presets";
import { largest, roundDown, sizesBetween } from "../planner/advice/grid";
import { sizeText } from "../planner/report/advice";
import { by } from "../planner/order";
import { described, fits, ifValid, pathOf } from "./described";

/** Size of one kind of pod. */
export interface Size extends Resources {
  readonly replicas: number;
}

/** Sizes by the path of their setting. */
export type Sizes = ReadonlyMap<string, Size>;

/** Sizes of the pods of a stack that its settings decide, but for those of systems that are there already. */
export function sizesOf(groups: readonly PodGroup[]): Sizes {
  return new Map(
    groups.flatMap((group) => {
      const { setting, origin } = group;
      if (setting === undefined || origin === "existing") return [];
      return [[pathOf(setting), { ...mainContainer(group).requests, replicas: setting.replicas }] as const];
    }),
  );
}

/** Sizes that each preset gives the systems of a stack, on machines without end. Where one has none, those of the preset before it. */
export type Ladder = readonly Sizes[];
const rung = (steps: Ladder, level: number): Sizes =>
  steps[Math.min(steps.length - 1, level)] ?? new Map<string, Size>();

export function ladder(base: Fragment): Ladder {
  const machine = { count: 200, cpu: 512, memory: formatBytes(4 * TiB) };
  const pools = Object.keys(base.pools ?? {});
  const endless = { ...base, nodes: pools.map((pool) => ({ name: pool, pool, ...machine })) };
  let before: Sizes = new Map();
  return PRESETS.map((preset) => {
    const now = sizesOf(ifValid({ ...endless, preset })?.groups ?? []);
    const larger = new Map(before);
    for (const [path, size] of now) {
      const { cpu = 0, memory = 0, replicas = 0 } = before.get(path) ?? {};
      larger.set(path, {
        cpu: Math.max(cpu, size.cpu),
        memory: Math.max(memory, size.memory),
        replicas: Math.max(replicas, size.replicas),
      });
    }
    before = larger;
    return larger;
  });
}

/** Cores and memory between two presets: 0.5 is as many times the one before as the next one is of it. */
export function between(steps: Ladder, level: number): ReadonlyMap<string, Resources> {
  const low = Math.floor(level);
  return new Map(
    [...rung(steps, low)].map(([path, from]) => {
      const to = rung(steps, low + 1).get(path) ?? from;
      const mean = (key: keyof Resources) => {
        const value = from[key] * (to[key] / from[key]) ** (level - low);
        // What a preset has is taken as it is.
        return level === low ? from[key] : Math.max(from[key], roundDown(key, value));
      };
      return [path, { cpu: mean("cpu"), memory: mean("memory") }];
    }),
  );
}

/** What a stack has from its preset need not be written. */
const differing = (now: Resources, { cpu, memory }: Resources): Fragment => ({
  ...(cpu === now.cpu ? {} : { cpu }),
  ...(memory === now.memory ? {} : { memory: sizeText(memory) }),
});

/** Steps of a level between two presets. */
const STEPS = 16;

/** The highest level at which a stack fits, with the sizes of that level; undefined if even the least one does not. */
export function highest(
  base: Fragment,
  steps: Ladder,
  from: number,
): { level: number; fragment: Fragment } | undefined {
  const levels = Array.from({ length: (steps.length - 1 - from) * STEPS + 1 }, (_, step) => from + step / STEPS);
  const own = sizesOf(described(base).groups);
  const scaled = (level: number) =>
    [...between(steps, level)].reduce((all, [path, size]) => {
      const now = own.get(path);
      return now === undefined ? all : put(all, path, differing(now, size));
    }, base);
  const level = largest(levels, (one) => fits(scaled(one)));
  return level === undefined ? undefined : { level, fragment: scaled(level) };
}

/** Pods that do a stack's work: more of them, and larger ones, make it faster. */
const WORK = /\.(worker|executor|taskManager|historical|data|broker|server)$/;
const MORE = /\.(worker|executor|taskManager)$/;

/** What is left of the machines goes to the pods that do the work: first to more of them, then to larger ones. */
export function fill(start: Fragment, steps: Ladder): Fragment {
  const top = rung(steps, steps.length - 1);
  let fragment = start;
  const paths = [...sizesOf(described(start).groups)]
    .filter(([path]) => WORK.test(path))
    .toSorted(
      by(
        ([, size]) => -times(size, size.replicas).memory,
        ([path]) => path,
      ),
    )
    .map(([path]) => path);
  for (const key of ["replicas", "memory", "cpu"] as const)
    for (const path of paths.filter((one) => key !== "replicas" || MORE.test(one))) {
      const now = sizesOf(described(fragment).groups).get(path);
      const most = top.get(path);
      if (now === undefined || most === undefined) continue;
      const values = [...sizesBetween(key, now[key], most[key]), most[key]].slice(1);
      const write = (value: number) => put(fragment, path, { [key]: key === "memory" ? sizeText(value) : value });
      const value = largest(values, (one) => fits(write(one)));
      if (value !== undefined) fragment = write(value);
    }
  return fragment;
}

/** Nodes that may run pods of a group. */
export const placesOf = (group: PodGroup, nodes: readonly Node[]): number =>
  nodes.filter((node) => mayRun(group, node)).length;

/** Fewer replicas where at most one runs on a node and there are not as many: the largest number that the settings allow. */
export function asManyAsNodes(base: Fragment): Fragment {
  let fragment = base;
  const { groups, nodes } = described(base);
  for (const group of groups) {
    const path = group.setting && pathOf(group.setting);
    if (path === undefined || group.spread !== "one-per-node" || group.replicas <= placesOf(group, nodes)) continue;
    const most = placesOf(group, nodes);
    const fewer = Array.from({ length: most }, (_, less) => most - less);
    const replicas = fewer.find((count) => ifValid(put(fragment, path, { replicas: count })) !== undefined);
    if (replicas !== undefined) fragment = put(fragment, path, { replicas });
  }
  return fragment;
}

export const levelOf = (preset: PresetName): number => PRESETS.indexOf(preset);
