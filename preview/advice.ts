import { platform } from "../components/cluster/platform";
import type { Platform } from "../components/core/platform";
import { groupName, type PodGroup } from "../components/core/pod-group";
import { sizedPods } from "../components/facts";
import { settingsFromConfig, SettingsError, type Settings } from "../components/settings";
import { advise, type Advice } from "../planner/advice/advise";
import type { Change } from "../planner/advice/change";
import { fitsAll, type Packing } from "../planner/pack";
import { changedConfig } from "./changed-config";
import type { StackConfig } from "../inputs/stack-file";

const keyOf = (group: PodGroup) => `${group.namespace}/${groupName(group)}/${group.lifetime}`;

/** Groups with the settings that decide their sizes. Components do not carry them: where a size comes from changes no resource. */
export function withSettings(groups: readonly PodGroup[], ground: Platform, settings: Settings): PodGroup[] {
  const known = new Map(sizedPods(ground, settings).map((group) => [keyOf(group), group.setting]));
  return groups.map((group) => {
    const setting = known.get(keyOf(group));
    return setting === undefined ? group : { ...group, setting };
  });
}

/**
 * Ways to make a stack fit. A change of settings is told only after the changed settings are read, described and packed anew: rules may
 * refuse a value, and other pods may follow from it.
 */
export function stackAdvice(config: StackConfig, stack: Parameters<typeof advise>[0], packing: Packing): Advice[] {
  return advise(stack, packing, { allows: (changes) => fitsChanged(config, changes) });
}

/** Whether a stack with some changes has valid settings and room for all of its pods. */
export function fitsChanged(config: StackConfig, changes: readonly Change[]): boolean {
  try {
    const settings = settingsFromConfig(changedConfig(config, changes).values);
    const described = platform(settings);
    return fitsAll(described.nodes, sizedPods(described, settings));
  } catch (error) {
    if (error instanceof SettingsError) return false;
    throw error;
  }
}
