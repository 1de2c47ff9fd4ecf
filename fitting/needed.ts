import { nodeLimit } from "../components/core/node";
import { sum, times, type Resources } from "../components/core/pod-group";
import { GiB } from "../components/core/quantity";
import type { PresetName } from "../components/core/system";
import { systemsOn } from "../components/facts";
import type { Fragment } from "../components/settings/presets";
import { merge } from "../components/settings/presets";
import { fitsAll, pack } from "../planner/pack";
import { adviceTexts } from "../planner/report/advice";
import { advise } from "../planner/advice/advise";
import { described, type Described } from "./described";
import { machines } from "./machine";
import { fragmentOf, type Sized } from "./need";
import { withoutSizes } from "./reasons";
import { sizesOf } from "./sizes";

/** What a need takes: its sizes, whether the machines hold them, and the machines that do. */
export interface Needed {
  readonly sized: readonly Sized[];
  readonly requested: Resources;
  readonly room: Resources;
  readonly unplaced: number;
  /** Ways to make it fit, in lines. */
  readonly advice: readonly (readonly string[])[];
  /** Machines of one size that hold all of it; undefined if it fits already. */
  readonly machines?: { readonly count: number; readonly size: Resources };
}

/** A machine that holds the largest pod of production with the buffer. */
const MACHINE: Resources = { cpu: 32, memory: 192 * GiB };
const MOST_MACHINES = 5000;

/** @param fragment settings of a stack, whose sizes the need's take the place of */
export function needed(fragment: Fragment, preset: PresetName, all: readonly Sized[]): Needed {
  const before = described(fragment);
  const on = new Set(systemsOn(before.settings).map(({ section, key }) => `${section}.${key}`));
  const { kind } = before.settings.storage.objects;
  const sized = all.filter(
    ({ path }) =>
      (path.startsWith("storage.objects.") ? kind === "minio" : true) &&
      (path.startsWith("query.queryApi.") ? on.has("query.queryApi") : true),
  );
  const plain = withoutSizes(fragment, [...sizesOf(before.groups).keys()]);
  const stack = described(merge({ ...plain, preset }, fragmentOf(sized)));
  const packing = pack(stack.nodes, stack.groups);
  const unplaced = packing.unplaced.length;
  return {
    sized,
    requested: sum(stack.groups.map((group) => times(group.requests, group.replicas))),
    room: sum(stack.nodes.map(({ limit }) => limit)),
    unplaced,
    advice:
      unplaced === 0
        ? []
        : adviceTexts(advise(stack, packing).filter(({ changes }) => changes.every(({ kind: of }) => of !== "size"))),
    ...(unplaced === 0 ? {} : { machines: { count: fewest(stack), size: MACHINE } }),
  };
}

/** The fewest machines of one size that hold a stack, whatever its pools are. */
function fewest(stack: Described): number {
  const groups = stack.groups.map((group) => ({ ...group, pools: [] }));
  const fits = (count: number) => {
    const nodes = machines("node", count, MACHINE).map(({ name, cpu, memory, system }) => ({
      name,
      pool: "any",
      capacity: { cpu, memory },
      system,
      limit: nodeLimit({ cpu, memory }, system),
    }));
    return fitsAll(nodes, groups);
  };
  let [low, high] = [0, 1];
  while (high < MOST_MACHINES && !fits(high)) [low, high] = [high, high * 2];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fits(middle)) high = middle;
    else low = middle;
  }
  return high;
}
