import { groupName, type PodGroup, type Resources, sum, times } from "../components/core/pod-group";
import { type AnySystem, onSwitch, pathOf, PRESETS, type PresetName } from "../components/core/system";
import { platform } from "../components/cluster/platform";
import { stackFacts, systemsOn } from "../components/facts";
import { settingsOf } from "../components/core/system";
import { SettingsError } from "../components/settings";
import { type Fragment, merge } from "../components/settings/presets";
import { sizeText } from "../planner/report/advice";
import { changed, type SizeChange } from "../planner/advice/change";
import { largest, sizesBetween } from "../planner/advice/grid";
import { fitsAll, pack } from "../planner/pack";
import { at, described, type Described, ifValid } from "./described";
import { nameOf, OPTIONAL, withNeeds } from "./draft";
import { withoutSizes } from "./reasons";
import { between, ladder, type Ladder, sizesOf } from "./sizes";

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

/** A system that is off. */
export interface OptionalFit {
  readonly name: string;
  /** Systems that it needs and that are off too. */
  readonly with: readonly string[];
  /** Its pods at the largest sizes that fit beside all else; undefined if it does not fit. */
  readonly pods?: readonly {
    readonly role: string;
    readonly replicas: number;
    readonly memory: string;
    readonly cpu: number;
  }[];
  /** What its smallest sizes request. */
  readonly least: Resources;
  /** What is to be done before it can be on, where its settings are refused. */
  readonly refused?: string;
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

/** Pods that run on: tasks leave their nodes for good. */
const requested = (groups: readonly PodGroup[]): Resources =>
  sum(groups.filter(({ lifetime }) => lifetime !== "once").map((group) => times(group.requests, group.replicas)));

const placeOf = (system: AnySystem): string => pathOf(system).replace("lakehouse:", "");

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
  const off = at(fragment, placeOf(system), { [key]: value === true ? false : "off" });
  const isOptional = system.kind === undefined && system.on === undefined;
  const without = isOptional ? ifValid(off) : undefined;
  const names = new Set(groups.map(groupName));
  return [
    {
      name: nameOf(system),
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
    .map(nameOf);
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

/** `worker` of `query.trino.worker`, `dashboards server` of `storage.opensearch.dashboards.server`. */
const roleOf = (path: string): string => path.split(".").slice(2).join(" ");

/** What the settings say against it. */
function firstMistake(fragment: Fragment): string {
  try {
    described(fragment);
    return "";
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const [{ path, message } = { path: "", message: "" }] = error.mistakes;
    return `${path}: ${message}`;
  }
}

function optionalFit(fragment: Fragment, stack: Described, system: AnySystem): OptionalFit[] {
  const on = systemsOn(stack.settings);
  // What is there already is not for a stack to switch on.
  if (on.includes(system) || onSwitch(system).value === "existing") return [];
  const more = withNeeds([system], on).map(([one]) => one);
  const base = [system, ...more].reduce(
    (all, one) => at(all, placeOf(one), { [onSwitch(one).key]: onSwitch(one).value }),
    fragment,
  );
  const facts = { name: nameOf(system), with: more.map(nameOf) };
  const valid = ifValid(base) ?? ifValid(merge({ [system.section]: { [system.key]: system.example ?? {} } }, base));
  if (valid === undefined) return [{ ...facts, least: { cpu: 0, memory: 0 }, refused: firstMistake(base) }];
  const before = new Set(stack.groups.map(groupName));
  const own = valid.groups.filter((group) => !before.has(groupName(group)));
  const steps = ladder(base);
  const levels = Array.from({ length: (steps.length - 1) * 8 + 1 }, (_, step) => step / 8);
  const paths = new Set(own.flatMap(({ setting }) => setting?.path.replace("lakehouse:", "") ?? []));
  const now = sizesOf(own);
  const scaled = (level: number) =>
    changed(
      valid,
      [...between(steps, level)].flatMap(([path, size]) => {
        const from = now.get(path);
        if (from === undefined) return [];
        const change = { kind: "size", setting: `lakehouse:${path}` } as const;
        return (["memory", "cpu"] as const).map((key): SizeChange => ({
          ...change,
          key,
          from: from[key],
          to: size[key],
        }));
      }),
    );
  const level = largest(levels, (one) => fitsAll(valid.nodes, scaled(one).groups));
  const least = requested(scaled(0).groups.filter((group) => !before.has(groupName(group))));
  if (level === undefined) return [{ ...facts, least }];
  const pods = [...sizesOf(scaled(level).groups)]
    .filter(([path]) => paths.has(path) && !path.endsWith(".operatorSize"))
    .map(([path, { replicas, memory, cpu }]) => ({ role: roleOf(path), replicas, memory: sizeText(memory), cpu }));
  return [{ ...facts, least, pods }];
}
