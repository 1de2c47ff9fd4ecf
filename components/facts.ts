import { tableFormats } from "./catalog/formats";
import type { Door, PublicDoor } from "./core/door";
import { bare } from "./core/endpoint";
import type { Jar } from "./core/pins";
import type { Platform } from "./core/platform";
import type { PodGroup } from "./core/pod-group";
import { type AnySystem, type CapabilityName, type Facts, isOn, settingsOf, type StackFacts } from "./core/system";
import type { Settings } from "./settings/schema";
import { withPaths } from "./settings/sizes";
import { buckets } from "./storage/buckets";
import { withArrivals } from "./streaming/knative/arrivals";
import { knownTopics } from "./streaming/topics";
import { systems } from "./systems";

/** Facts about a whole stack, from its settings. Pure, and made once for each settings. */
export function stackFacts(settings: Settings): StackFacts {
  const made = facts.get(settings) ?? factsOf(settings);
  facts.set(settings, made);
  return made;
}

const facts = new WeakMap<Settings, StackFacts>();

function factsOf(settings: Settings): StackFacts {
  const stack: StackFacts = {
    get buckets() {
      const services = systems.some((system) => keepsObjects(system, settings) && isOn(system, settings, stack));
      return (known ??= withArrivals(buckets(settings.storage, services), settings));
    },
    topics: knownTopics(settings.streaming),
    formats: tableFormats(settings.catalog.formats),
    // Asked for last: rules ask for other facts of settings whose access is wrong.
    get access() {
      return { ...settings.access, signIn: settings.access.signIn !== "off" };
    },
    get libraries() {
      return (libraries ??= fetched(settings, stack));
    },
    gives: (capability) => givers(capability).some((system) => isOn(system, settings, stack)),
    door: (name) => publicDoor(settings, name),
    services: (platform) => [...new Set(stackPods(platform, settings).map(({ service }) => service))],
  };
  let known: StackFacts["buckets"] | undefined;
  let libraries: StackFacts["libraries"] | undefined;
  return stack;
}

/** Whether a system has objects of its own, by its settings. It is asked first: whether some systems are on depends on the buckets. */
function keepsObjects(system: AnySystem, settings: Settings): boolean {
  const { keepsObjects: keeps = false } = system;
  return typeof keeps === "function" ? keeps(settingsOf(system, settings)) : keeps;
}

/** Pods of one system of a stack. */
export interface SystemPods {
  readonly system: AnySystem;
  readonly pods: readonly PodGroup[];
}

/**
 * Pods of each system that is on, from the settings alone. Quotas, cost, topology and packing all ask for them, so they are described
 * once for a platform of these settings.
 */
export function podsBySystem(platform: Platform, settings: Settings): readonly SystemPods[] {
  const before = described.get(settings);
  if (before?.platform === platform) return before.all;
  const all = describedBy({ platform, settings, stack: stackFacts(settings) }, (system, facts) => [
    { system, pods: system.pods(facts) },
  ]);
  described.set(settings, { platform, all });
  return all;
}

const described = new WeakMap<Settings, { readonly platform: Platform; readonly all: readonly SystemPods[] }>();

/** All pods of a stack, from its settings alone: quotas and namespaces are made before them. */
export const stackPods = (platform: Platform, settings: Settings): PodGroup[] =>
  podsBySystem(platform, settings).flatMap(({ pods }) => pods);

/** `stackPods`, with the setting that decides the size of each group. Of groups whose size is fixed there is none. */
export const sizedPods = (platform: Platform, settings: Settings, stack = stackFacts(settings)): PodGroup[] =>
  describedBy({ platform, settings, stack }, (system, { settings: own, ...facts }) =>
    system.pods({ ...facts, settings: withPaths(system, own) }),
  );

/** A door as the settings open it. */
function publicDoor({ doors, cluster: { gateway } }: Settings, name: string): PublicDoor | undefined {
  const { host, url } = Object.hasOwn(doors, name) ? (doors[name] ?? {}) : {};
  if (host !== undefined)
    return { url: `https://${host}`, host, by: gateway.mode === "ingress" ? "ingress" : "gateway" };
  return url === undefined ? undefined : { url: bare(url), host: new URL(url).hostname, by: "elsewhere" };
}

/** Entry points of a stack for people and for clients outside of the cluster. */
export const stackDoors = (platform: Platform, settings: Settings, stack = stackFacts(settings)): Door[] =>
  describedBy({ platform, settings, stack }, (system, facts) => system.doors?.(facts) ?? []).filter(isThere);

/** Whether the stack has a door of a system that is on. */
export const isThere = ({ there = true }: Door): boolean => there;

/** All doors that any stack may have, as these settings describe them. */
export const allDoors = (platform: Platform, settings: Settings, stack = stackFacts(settings)): Door[] =>
  systems.flatMap((system) => [...(system.doors?.({ platform, settings: settingsOf(system, settings), stack }) ?? [])]);

/** One part of the description of every system that is on. */
export function describedBy<T>(
  { settings, ...facts }: Facts<Settings>,
  describe: (system: AnySystem, facts: Facts<unknown>) => readonly T[],
): T[] {
  return systemsOn(settings, facts.stack).flatMap((system) => [
    ...describe(system, { ...facts, settings: settingsOf(system, settings) }),
  ]);
}

/** Systems that are on. */
export const systemsOn = (settings: Settings, stack = stackFacts(settings)): AnySystem[] =>
  systems.filter((system) => isOn(system, settings, stack));

/** Systems that give a capability, on or off. */
export const givers = (capability: CapabilityName): AnySystem[] =>
  systems.filter(({ gives }) => gives.includes(capability));

/** Libraries that systems fetch. The system that serves them is left out: whether it is on depends on this list. */
function fetched(settings: Settings, stack: StackFacts): Jar[] {
  const clients = systems.filter(({ gives }) => !gives.includes("libraries"));
  const pins = clients
    .filter((system) => isOn(system, settings, stack))
    .flatMap((system) => system.uses(settingsOf(system, settings), stack))
    .flatMap(({ kind, pin }) => (kind === "library" ? [pin] : []));
  return [...new Set(pins)].map(({ jar }) => jar);
}
