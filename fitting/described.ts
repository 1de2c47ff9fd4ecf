import { platform } from "../components/cluster/platform";
import { type PodGroup, type Resources, type SizeSetting, sum, times } from "../components/core/pod-group";
import type { AnySystem } from "../components/core/system";
import { sizedPods } from "../components/facts";
import { settingsFrom, SettingsError, type Settings } from "../components/settings";
import type { Fragment } from "../components/settings/presets";
import type { Stack } from "../planner/advice/change";
import { fitsAll } from "../planner/pack";

/** Settings of a stack file with the nodes and pods that they describe. */
export interface Described extends Stack {
  readonly settings: Settings;
}

/** @throws SettingsError */
export function described(fragment: Fragment, source?: string): Described {
  const settings = settingsFrom(fragment, source);
  const ground = platform(settings);
  return { settings, nodes: ground.nodes, groups: sizedPods(ground, settings) };
}

/** Undefined for settings with mistakes. */
export function ifValid(fragment: Fragment): Described | undefined {
  try {
    return described(fragment);
  } catch (error) {
    if (error instanceof SettingsError) return undefined;
    throw error;
  }
}

/** Whether settings are valid and their pods fit their nodes. */
export function fits(fragment: Fragment): boolean {
  const stack = ifValid(fragment);
  return stack !== undefined && fitsAll(stack.nodes, stack.groups);
}

/** `query.trino.worker` */
export const pathOf = ({ path }: SizeSetting): string => path.replace("lakehouse:", "");

/** `query.trino` */
export const placeOf = (system: Pick<AnySystem, "section" | "key">): string => `${system.section}.${system.key}`;

/** What pods request that run on: tasks leave their nodes for good. */
export const requested = (groups: readonly PodGroup[]): Resources =>
  sum(groups.filter(({ lifetime }) => lifetime !== "once").map((group) => times(group.requests, group.replicas)));
