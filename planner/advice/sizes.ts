import type { PodGroup } from "../../components/core/pod-group";
import { by } from "../order";
import { type Change, changed, settingSize, type SizeChange, type SizeKey, type Stack, weight } from "./change";
import { largest, roundDown, sizesBetween } from "./grid";

/** Whether a changed stack holds all of its pods, and whether its settings are allowed. */
export interface Judge {
  fits(stack: Stack): boolean;
  allows(changes: readonly Change[]): boolean;
}

/** A setting whose value advice may lower. */
export interface Adjustable {
  readonly path: string;
  readonly group: PodGroup;
  /** Memory of all groups of the setting. */
  readonly weight: number;
}

/** Least cores that advice gives a pod. */
const LEAST_CPU = 0.05;

/** Settings of the groups that the stack deploys, those with most memory first. */
export function adjustable(groups: readonly PodGroup[]): Adjustable[] {
  const found = new Map<string, Adjustable>();
  for (const group of groups) {
    if (group.setting === undefined || group.origin === "existing" || group.replicas === 0) continue;
    const { path } = group.setting;
    const before = found.get(path);
    found.set(path, { path, group: before?.group ?? group, weight: (before?.weight ?? 0) + weight(group) });
  }
  return [...found.values()].toSorted(
    by(
      (one) => -one.weight,
      ({ path }) => path,
    ),
  );
}

/** Values of a setting below the one that it has, ascending. */
function below({ group }: Adjustable, key: SizeKey): number[] {
  const now = settingSize(group);
  if (key === "memory") return sizesBetween("memory", Math.max(group.setting!.leastMemory, 2 ** 26), now.memory);
  if (key === "cpu") return sizesBetween("cpu", LEAST_CPU, now.cpu);
  return group.setting!.replicas === group.replicas ? sizesBetween("replicas", 1, now.replicas) : [];
}

const change = ({ path, group }: Adjustable, key: SizeKey, to: number): SizeChange => ({
  kind: "size",
  setting: path,
  key,
  from: settingSize(group)[key],
  to,
});

/** The largest value of one setting alone with which the stack fits; the key that keeps most of its value, undefined if none helps. */
export function shrinkOne(stack: Stack, of: Adjustable, judge: Judge): SizeChange | undefined {
  const found = (["memory", "cpu", "replicas"] as const).flatMap((key) => {
    const values = below(of, key);
    const fitting = largest(values, (value) => judge.fits(changed(stack, [change(of, key, value)])));
    if (fitting === undefined) return [];
    // Rules of the settings may refuse some values: an even number of voters.
    const allowed = values
      .slice(0, values.indexOf(fitting) + 1)
      .toReversed()
      .slice(0, MOST_REFUSED)
      .find((value) => judge.allows([change(of, key, value)]));
    return allowed === undefined ? [] : [change(of, key, allowed)];
  });
  return found.toSorted(by(({ from, to }) => -to / from))[0];
}

/** Values that are tried after the first one is refused by the settings' rules. */
const MOST_REFUSED = 4;

/** Changes of several settings, none of which alone helps. Undefined if the least of all sizes are too large. */
export function shrinkMany(stack: Stack, all: readonly Adjustable[], judge: Judge): SizeChange[] | undefined {
  const shares = Array.from({ length: 33 }, (_, at) => at / 32);
  for (const single of [false, true]) {
    const scaled = (share: number) => all.flatMap((of) => scaledTo(of, share, single));
    const share = largest(shares, (one) => judge.fits(changed(stack, scaled(one))));
    if (share === undefined) continue;
    const changes = restored(stack, scaled(share), judge);
    return changes.length > 0 && judge.allows(changes) ? changes : undefined;
  }
  return undefined;
}

function scaledTo(of: Adjustable, share: number, single: boolean): SizeChange[] {
  const now = settingSize(of.group);
  return (["memory", "cpu", ...(single ? (["replicas"] as const) : [])] as const).flatMap((key) => {
    const [least] = below(of, key);
    if (least === undefined) return [];
    const to =
      key === "replicas"
        ? Math.max(1, Math.floor(now[key] * share))
        : Math.max(least, roundDown(key, now[key] * share));
    return to < now[key] ? [change(of, key, to)] : [];
  });
}

/** Changes that are not needed are taken back, the small ones first; the others give up as little as possible. */
function restored(stack: Stack, changes: readonly SizeChange[], judge: Judge): SizeChange[] {
  const fit = (some: readonly SizeChange[]) => judge.fits(changed(stack, some));
  let left = [...changes];
  for (const each of changes.toReversed()) {
    const without = left.filter((one) => one !== each);
    if (fit(without)) left = without;
  }
  for (const each of left) {
    const others = left.filter((one) => one !== each);
    const more = sizesBetween(each.key, each.to, each.from);
    const to = largest(more, (value) => fit([...others, { ...each, to: value }])) ?? each.to;
    left = left.map((one) => (one === each ? { ...each, to } : one));
  }
  return left;
}
