import { platform } from "../components/cluster/platform";
import { BUFFER } from "../components/core/node";
import { groupName, type PodGroup } from "../components/core/pod-group";
import type { Platform } from "../components/core/platform";
import { layerOf, onSwitch, type PresetName, systemName } from "../components/core/system";
import { podsBySystem } from "../components/facts";
import { type Settings, settingsFrom } from "../components/settings";
import { type Fragment, merge } from "../components/settings/presets";
import { systems } from "../components/systems";
import { cost, type CostInputs, type OwnedPods } from "../planner/cost";
import { type PresetBill, billOf } from "../planner/cost/bill";
import type { CostReport } from "../planner/plan";
import type { PriceBook } from "../planner/prices";

/** All pods of a stack with the systems that they are part of, from its settings alone. */
export const ownedPods = (ground: Platform, settings: Settings): OwnedPods[] =>
  podsBySystem(ground, settings).flatMap(({ system, pods }) =>
    pods.map((group) => ({
      system: systemName(system),
      layer: layerOf(system),
      ...(system.gives.includes("objects") && { keepsObjects: true }),
      group,
    })),
  );

/** Pods that a program made, with the systems of the settings that describe them. */
export function withOwners(groups: readonly PodGroup[], described: readonly OwnedPods[]): OwnedPods[] {
  const key = ({ namespace, ...group }: PodGroup) => `${namespace}/${groupName(group)}`;
  const owners = new Map(described.map(({ group, ...owner }) => [key(group), owner]));
  // A program of the user's own may make pods that no system describes.
  return groups.map((group) => ({ system: group.service, layer: "others", ...owners.get(key(group)), group }));
}

/** What a stack's settings say about its cost. */
export const costInputs = ({ nodes }: Platform, { prices }: Settings): CostInputs => ({
  objectStorageTb: prices.objectStorageTb,
  kubernetesMonthly: prices.kubernetesMonthly,
  nodes,
});

/** The cost of a stack, from its settings alone. */
export function stackCost(settings: Settings, book: PriceBook, ground = platform(settings)): CostReport {
  return cost(ownedPods(ground, settings), costInputs(ground, settings), book);
}

/**
 * The cost of a preset: the bill of the book's own source where that has one; otherwise that of the pods of the preset's systems, on
 * machines as large as they ask for.
 */
export function presetCost(preset: PresetName, book: PriceBook, tiers: PriceBook): PresetBill {
  const bill = billOf(preset, book);
  if (bill !== undefined) return bill;
  const settings = presetSettings(preset, tiers);
  const { nodes: _standIn, ...inputs } = costInputs(platform(settings), settings);
  const { terabytes = 0, users } = tiers.bills?.[preset] ?? {};
  return {
    ...cost(ownedPods(platform(settings), settings), { ...inputs, buffer: BUFFER }, book),
    terabytes,
    ...(users !== undefined && { users }),
  };
}

/** Settings of a stack with the preset's sizes, in which the systems of its bill are on. */
export function presetSettings(preset: PresetName, tiers: PriceBook): Settings {
  const base: Fragment = {
    preset,
    // A stand-in: what does not depend on machines is asked.
    nodes: [{ name: "one", pool: "all", cpu: 1000, memory: "10Ti" }],
    pools: { all: { default: true } },
    cluster: { certManager: true },
    licences: { allow: ["Elastic-2.0"] },
    storage: {
      objects:
        preset === "homelab" ? { kind: "ceph" } : { kind: "minio", admin: { host: "s3.example.org", port: 443 } },
    },
  };
  const { units = {} } = tiers.bills?.[preset] ?? {};
  const billed = new Set(
    (tiers.lines ?? [])
      .filter(({ line }) => line in units)
      .flatMap(({ prices }) => prices.flatMap(({ of }) => of.map((one) => one.split("/")[0]))),
  );
  const chosen = systems.filter((system) => system.kind === undefined && billed.has(systemName(system)));
  return settingsFrom(
    chosen.reduce<Fragment>((joined, system) => {
      const { section, key, example = {} } = system;
      const { key: on, value } = onSwitch(system);
      return merge(joined, { [section]: { [key]: { ...example, [on]: value } } });
    }, base),
  );
}
