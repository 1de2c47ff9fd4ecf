import { platform } from "../components/cluster/platform";
import { groupName, type PodGroup, type Resources, sum } from "../components/core/pod-group";
import { type AnySystem, onSwitch, PRESETS, type PresetName, settingsOf, systemName } from "../components/core/system";
import { stackFacts, systemsOn } from "../components/facts";
import { type Fragment, put } from "../components/settings/presets";
import { changed, type SizeChange } from "../planner/advice/change";
import { largest, sizesBetween } from "../planner/advice/grid";
import { fitsAll, pack } from "../planner/pack";
import { sizeText } from "../planner/report/advice";
import { described, type Described, ifValid, placeOf, requested } from "./described";
import { OPTIONAL } from "./draft";
import { firstMistake, type OptionalFit, optionalFit, roleOf } from "./optional";
import { withoutSizes } from "./reasons";
import { ladder, type Ladder, sizesOf } from "./sizes";

/** What given machines hold: which presets, which systems, and how large. */
export interface Fit {
  readonly machines: number;
  /** What may be requested of all machines. */
  readonly room: Resources;
  /** What the stack requests. */
  readonly requested: Resources;
  /** Pods of the stack without room. */
  readonly unplaced: number;
  readonly presets: readonly PresetFit[];
  readonly on: readonly SystemFit[];
  readonly off: readonly OptionalFit[];
}

export interface PresetFit {
  readonly preset: PresetName;
  /** Pods without room; undefined where its settings are refused. */
  readonly unplaced: number | undefined;
  /** What the stack's other settings say against it. */
  readonly refused?: string;
}

/** A system that is on. */
export interface SystemFit {
  readonly name: string;
  readonly takes: Resources;
  /** For each kind of its pods the memory that it has, and the most that fits with all else as it is. */
  readonly pods: readonly {
    readonly role: string;
    readonly replicas: number;
    readonly memory: string;
    readonly most: string;
  }[];
  /** The setting that switches it off; undefined where every stack has it. */
  readonly switch?: string;
  /** Systems that need it. */
  readonly neededBy: readonly string[];
  /** Whether the stack fits without it, where it does not fit with it. */
  readonly fitsWithout?: boolean;
}

/** @param fragment settings of a stack file */
export function fit(fragment: Fragment): Fit {
  const stack = described(fragment);
  const packing = pack(stack.nodes, stack.groups);
  const steps = ladder(fragment);
  return {
    machines: stack.nodes.length,
    room: sum(stack.nodes.map(({ limit }) => limit)),
    requested: requested(stack.groups),
    unplaced: packing.unplaced.length,
    presets: PRESETS.map((preset) => {
      const other = { ...withoutSizes(fragment, [...sizesOf(stack.groups).keys()]), preset };
      const of = ifValid(other);
      if (of === undefined) return { preset, unplaced: undefined, refused: firstMistake(other) };
      return { preset, unplaced: pack(of.nodes, of.groups).unplaced.length };
    }),
    on: systemsOn(stack.settings).flatMap((system) =>
      systemFit(fragment, stack, system, steps, packing.unplaced.length > 0),
    ),
    off: [...OPTIONAL.values()].flatMap((system) => optionalFit(fragment, stack, system)),
  };
}

function podsOf(system: AnySystem, { settings }: Described): PodGroup[] {
  const facts = { platform: platform(settings), settings: settingsOf(system, settings), stack: stackFacts(settings) };
  return [...system.pods(facts)];
}

function systemFit(
  fragment: Fragment,
  stack: Described,
  system: AnySystem,
  steps: Ladder,
  crowded: boolean,
): SystemFit[] {
  const groups = podsOf(system, stack);
  if (groups.length === 0 || groups.every(({ origin, lifetime }) => origin === "existing" || lifetime === "once"))
    return [];
  const { key, value } = onSwitch(system);
  const off = put(fragment, placeOf(system), { [key]: value === true ? false : "off" });
  const isOptional = system.kind === undefined && system.on === undefined;
  const without = isOptional ? ifValid(off) : undefined;
  const names = new Set(groups.map(groupName));
  return [
    {
      name: systemName(system),
      takes: requested(groups),
      pods: mostOf(stack, names, steps),
      ...(isOptional ? { switch: `lakehouse:${placeOf(system)}.${key}` } : {}),
      neededBy: isOptional && without === undefined ? dependants(stack, system) : [],
      ...(crowded && without !== undefined ? { fitsWithout: fitsAll(without.nodes, without.groups) } : {}),
    },
  ];
}

/** Systems that are on and need something that only this one gives. */
function dependants({ settings }: Described, system: AnySystem): string[] {
  const on = systemsOn(settings);
  return on
    .filter((one) =>
      Object.values(one.needs).some(
        ({ of, how }) =>
          how === "one" &&
          system.gives.includes(of) &&
          !on.some((other) => other !== system && other.gives.includes(of)),
      ),
    )
    .map(systemName);
}

function mostOf(stack: Described, names: ReadonlySet<string>, steps: Ladder): SystemFit["pods"] {
  const top = steps[steps.length - 1];
  return [...sizesOf(stack.groups.filter((group) => names.has(groupName(group))))]
    .filter(([path]) => !path.endsWith(".operatorSize"))
    .map(([path, { replicas, memory }]) => {
      const change = (to: number): SizeChange => ({
        kind: "size",
        setting: `lakehouse:${path}`,
        key: "memory",
        from: memory,
        to,
      });
      const values = [
        ...sizesBetween("memory", memory, Math.max(memory * 2, top?.get(path)?.memory ?? 0)),
        ...[top?.get(path)?.memory ?? memory],
      ];
      const most = largest(
        values.filter((value) => value >= memory),
        (to) => {
          const { nodes, groups } = changed(stack, [change(to)]);
          return fitsAll(nodes, groups);
        },
      );
      return { role: roleOf(path), replicas, memory: sizeText(memory), most: sizeText(most ?? memory) };
    });
}
