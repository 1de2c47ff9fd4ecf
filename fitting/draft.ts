import type { z } from "zod";

import { type AnySystem, onSwitch, type PresetName, systemName } from "../components/core/system";
import { givers } from "../components/facts";

import { type Fragment, merge, put } from "../components/settings/presets";
import { systems } from "../components/systems";
import { advise, type Advice } from "../planner/advice/advise";
import type { Change } from "../planner/advice/change";
import { pack } from "../planner/pack";
import { sizeText } from "../planner/report/advice";
import { resized, settingOf } from "./changes";
import { described, fits, placeOf } from "./described";
import { entries, type Machine } from "./machine";
import { asManyAsNodes, fill, highest, ladder, levelOf } from "./sizes";

/** What a stack is to be made for. */
export interface Wish {
  readonly machines: readonly Machine[];
  /** Settings of `lakehouse:storage.objects`. */
  readonly objects: Fragment;
  /** Optional systems that are to be on. Those that they need are switched on too. */
  readonly systems: readonly AnySystem[];
  /** Settings that follow from what is in the cluster already. @default none */
  readonly found?: Fragment;
}

/** Settings that fit, and what they were made from. */
export interface Draft {
  readonly fragment: Fragment;
  readonly preset: PresetName;
  /** Between two presets: 0.5 is halfway from `dev` to `homelab`. Undefined where sizes are below those of `dev`. */
  readonly level: number | undefined;
  /** Systems that others need: the one, and the one that needs it. */
  readonly needed: readonly (readonly [system: AnySystem, by: AnySystem])[];
}

/** A stack that no sizes make fit. */
export class DoesNotFit extends Error {
  constructor(readonly advice: readonly Advice[]) {
    super("no sizes fit these machines");
  }
}

const POOL = "main";
const PRODUCTION: readonly PresetName[] = ["large", "medium", "minimal"];

/**
 * The largest stack of a kind that fits some machines: the largest preset that fits as it is, or one for few machines with sizes
 * between those of the presets; what is left goes to the pods that do the work.
 * @throws DoesNotFit, or SettingsError where the wish itself breaks a rule of the settings
 */
export function draft(wish: Wish): Draft {
  const { on, needed } = switchedOn(wish);
  const whole = PRODUCTION.find((preset) => fits(base(wish, on, preset)));
  const preset = whole ?? (wish.machines.length === 1 ? "dev" : "homelab");
  const start = whole === undefined ? asManyAsNodes(base(wish, on, preset)) : base(wish, on, preset);
  const steps = ladder(start);
  const found = highest(start, steps, whole === undefined ? 0 : levelOf(whole));
  const fragment = found === undefined ? least(start) : fill(found.fragment, steps);
  return { fragment, preset, level: found?.level, needed };
}

/** Settings of a stack with the sizes of a preset. */
function base({ machines, objects, found = {} }: Wish, on: readonly AnySystem[], preset: PresetName): Fragment {
  const nodes = entries(machines).map(({ name, count, cpu, memory, system, taints }) => ({
    name,
    ...(count === undefined ? {} : { count }),
    pool: POOL,
    cpu,
    memory: sizeText(memory),
    system: { cpu: system.cpu, memory: sizeText(system.memory) },
    ...(taints === undefined ? {} : { taints: taints.map((taint) => ({ ...taint })) }),
  }));
  const start: Fragment = { preset, nodes, pools: { [POOL]: { default: true } }, storage: { objects } };
  const small = PRODUCTION.includes(preset) ? {} : fewMachines(machines.length, objects, on);
  const switched = on.reduce((all, one) => put(all, placeOf(one), { [onSwitch(one).key]: onSwitch(one).value }), small);
  return [switched, backups(found), found].reduce(merge, start);
}

/** Settings for a handful of machines, where the defaults are those of many. */
function fewMachines(count: number, { kind }: Fragment, on: readonly AnySystem[]): Fragment {
  const kafka = on.some(({ key }) => key === "kafka") && count > 1;
  return {
    ...(kind === "minio" ? { storage: { objects: drives(count) } } : {}),
    ...(kind === "seaweedfs" ? { storage: { objects: servers(count) } } : {}),
    ...(kafka ? { streaming: { kafka: { ...(count > 5 ? {} : { combined: true }), diskSize: "100Gi" } } } : {}),
  };
}

/** Erasure coding needs four drives. */
function drives(count: number): Fragment {
  if (count === 1) return { server: { replicas: 1 }, drives: 1 };
  const replicas = Math.min(count, 4);
  return { server: { replicas }, drives: replicas === 4 ? 1 : 2, driveSize: "100Gi" };
}

/** SeaweedFS' servers are on machines of their own, as are the copies of an object. */
function servers(count: number): Fragment {
  return {
    master: { replicas: count < 3 ? 1 : 3 },
    server: { replicas: Math.min(count, 4) },
    gateway: { replicas: Math.min(count, 2) },
    copies: Math.min(count, 2),
    driveSize: "100Gi",
    filerVolume: "10Gi",
  };
}

/** The plugin of backups has its certificates from cert-manager. */
function backups(found: Fragment): Fragment {
  const { certManager } = (found.cluster ?? {}) as { readonly certManager?: boolean };
  return certManager === true ? {} : { storage: { postgres: { backup: { plugin: "off" } } } };
}

/** Systems with those that they need, of several that give it the first. */
function switchedOn({ systems: wanted, objects }: Wish): Pick<Draft, "needed"> & { readonly on: readonly AnySystem[] } {
  const there = systems.filter((one) =>
    one.kind === undefined ? isAlwaysOn(one) : one.section === "storage" && one.kind === objects.kind,
  );
  const needed = withNeeds(wanted, there);
  return { on: [...wanted, ...needed.map(([one]) => one)], needed };
}

/**
 * Systems that have to be switched on with others.
 * @param there systems that are on
 */
export function withNeeds(wanted: readonly AnySystem[], there: readonly AnySystem[]): Draft["needed"] {
  const on = [...wanted];
  const needed: (readonly [AnySystem, AnySystem])[] = [];
  for (const system of on)
    for (const { of, how } of Object.values(system.needs)) {
      const all = givers(of);
      if (how !== "one" || all.some((one) => on.includes(one) || there.includes(one))) continue;
      const [first] = all.filter(({ kind }) => kind === undefined);
      if (first === undefined) continue;
      on.push(first);
      needed.push([first, system]);
    }
  return needed;
}

/** Whether a system is on where the settings say nothing of it. */
export function isAlwaysOn(system: AnySystem): boolean {
  if (system.kind !== undefined) return false;
  const own = (system.settings as z.ZodType<Record<string, unknown>>).parse({});
  if (system.on !== undefined) return system.section !== "storage" || system.key !== "libraries";
  return own[onSwitch(system).key] === onSwitch(system).value;
}

/** Systems that a stack may have or not, by their names in `--with`. */
export const OPTIONAL: ReadonlyMap<string, AnySystem> = new Map(
  systems
    .filter((one) => one.kind === undefined && one.on === undefined && !isAlwaysOn(one))
    .map((one) => [systemName(one), one]),
);

/** Sizes below those of the smallest preset, as few of them as possible. */
function least(start: Fragment): Fragment {
  const stack = described(start);
  const allows = (changes: readonly Change[]) => fits(written(start, changes));
  const all = advise(stack, pack(stack.nodes, stack.groups), { allows });
  const sizes = all.find(({ changes }) => changes.every(({ kind }) => kind === "size"));
  if (sizes === undefined) throw new DoesNotFit(all);
  return written(start, sizes.changes);
}

const written = (fragment: Fragment, changes: readonly Change[]): Fragment =>
  changes.reduce((all, one) => (one.kind === "size" ? resized(all, settingOf(one), one) : all), fragment);
