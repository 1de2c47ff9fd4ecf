import { type AnySystem, isOn, onSwitch, switchOf, systemName } from "../components/core/system";
import { suggestion } from "../components/fields/mistakes";
import { givers, stackFacts, systemsOn } from "../components/facts";
import { rawSettings, type Settings, settingsFromConfig, SettingsError } from "../components/settings";
import { type Fragment, merge } from "../components/settings/presets";
import { systems } from "../components/systems";
import { InputError } from "../inputs/input-error";
import { mistakesIn, type StackConfig } from "../inputs/stack-file";

/** A stack with the chosen systems and those that they need. */
export interface Selection {
  readonly systems: readonly AnySystem[];
  readonly config: StackConfig;
  readonly settings: Settings;
  /** Systems of the stack that cannot run here, and why. */
  readonly without: readonly (readonly [system: AnySystem, reason: string])[];
  /** Settings that name what was not chosen, and so are left out: `lakehouse:query.trino.kafka.topics[0]`. */
  readonly dropped: readonly string[];
}

const reasonOf = (system: AnySystem): string | undefined => system.compose?.cannot;

/** Serves others alone: it is there where one of them fetches from it. */
const isHelper = ({ gives }: AnySystem): boolean => gives.includes("libraries");

/** Names that `--with` takes. */
export const composable = (): string[] =>
  systems.filter((one) => reasonOf(one) === undefined && !isHelper(one)).map(systemName);

/**
 * Narrows a stack to some systems, by its settings: what is not chosen is off, so that no configuration names it.
 * @param wanted names of systems, on or off in the stack. @default all that are on and can run here
 * @throws InputError
 */
export function select(config: StackConfig, settings: Settings, wanted: readonly string[] | undefined): Selection {
  const stack = stackFacts(settings);
  const on = systemsOn(settings, stack);
  const without = on.flatMap((one) => {
    const reason = reasonOf(one) ?? missing(one, on);
    return reason === undefined ? [] : [[one, reason] as const];
  });
  const refused = new Map(without.map(([system, reason]) => [system, reason]));
  const chosen = wanted === undefined ? on.filter((one) => !refused.has(one) && !isHelper(one)) : named(wanted);
  if (chosen.length === 0) {
    const reasons = without.map(([system, reason]) => `${systemName(system)}: ${reason}`);
    throw new InputError([`${config.file}: nothing of it can run without Kubernetes`, ...reasons]);
  }
  const all = withNeeds(chosen, on);
  const lines = wanted === undefined ? [] : refusals(all);
  if (lines.length > 0) throw new InputError(lines.map((message) => ({ path: "--with", message })));
  // Certificates that people's programs trust are cert-manager's, so nobody signs in where all ports are this machine's own.
  const signsIn = settings.access.signIn !== "off" ? ["lakehouse:access"] : [];
  const verified = settings.cluster.tls ? ["lakehouse:cluster.tls"] : [];
  // Those that a service's programs show each other have a stand-in.
  const cluster = { certManager: true, ...(settings.cluster.tls ? { tls: false } : {}) };
  const raw = merge(switched(rawSettings(config.values), all), { cluster });
  const narrowed = narrow(config, { ...raw, access: {} }, new Set(all.map(switchOf)));
  return {
    ...narrowed,
    dropped: [...signsIn, ...verified, ...narrowed.dropped],
    systems: order(all, narrowed.settings),
    without: wanted === undefined ? without : [],
  };
}

/** Why a system that is on cannot run for want of another. */
function missing(system: AnySystem, on: readonly AnySystem[]): string | undefined {
  for (const { of, how } of Object.values(system.needs)) {
    if (how !== "one") continue;
    const giver = on.find(({ gives }) => gives.includes(of));
    const reason = giver === undefined ? undefined : (reasonOf(giver) ?? missing(giver, on));
    if (giver !== undefined && reason !== undefined) return `it needs ${systemName(giver)}, and ${reason}`;
  }
  return undefined;
}

function named(wanted: readonly string[]): AnySystem[] {
  const mistakes: string[] = [];
  const found = wanted.flatMap((name) => {
    const system = systems.find((one) => systemName(one) === name);
    if (system !== undefined) return [system];
    const names = systems.map(systemName);
    mistakes.push(`given ${JSON.stringify(name)}${suggestion(name, names)}; allowed: ${composable().join(", ")}`);
    return [];
  });
  if (mistakes.length > 0) throw new InputError(mistakes.map((message) => ({ path: "--with", message })));
  return found;
}

/** With the systems that they cannot be without: of several that give it, the one that is on, else the first. */
function withNeeds(chosen: readonly AnySystem[], on: readonly AnySystem[]): AnySystem[] {
  const all = [...new Set(chosen)];
  for (const system of all)
    for (const { of, how } of Object.values(system.needs)) {
      if (how !== "one" || all.some(({ gives }) => gives.includes(of))) continue;
      const candidates = givers(of);
      const giver = candidates.find((one) => on.includes(one)) ?? candidates.find((one) => one.kind === undefined);
      if (giver !== undefined) all.push(giver);
    }
  return all;
}

const refusals = (all: readonly AnySystem[]): string[] =>
  all.flatMap((one) => {
    const reason = reasonOf(one);
    return reason === undefined ? [] : [`given ${systemName(one)}, but ${reason}; allowed: ${composable().join(", ")}`];
  });

/** The settings with the chosen systems on, and all others off that a switch turns off. */
function switched(raw: Fragment, chosen: readonly AnySystem[]): Fragment {
  return systems.reduce((all, one) => {
    const { key, value } = onSwitch(one);
    const put = (settings: Fragment) => merge(all, { [one.section]: { [one.key]: settings } });
    const single = one.compose?.settings ?? {};
    if (one.on !== undefined || one.kind !== undefined) return chosen.includes(one) ? put({ ...single }) : all;
    if (chosen.includes(one)) return put({ ...single, [key]: value });
    return put({ [key]: value === true ? false : OFF });
  }, raw);
}

/** The value of a switch with words where its system is off. */
const OFF = "off";

/** Leaves out settings that name what is off now: the stack was right before. @param kept switches of what is chosen */
function narrow(
  config: StackConfig,
  raw: Fragment,
  kept: ReadonlySet<string>,
): Pick<Selection, "config" | "settings" | "dropped"> {
  const dropped: string[] = [];
  for (let left = raw; ;) {
    const values = { ...config.values, ...valuesOf(left) };
    const next = { ...config, values };
    try {
      return { config: next, settings: settingsFromConfig(values, config.file), dropped };
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      const [first] = error.mistakes;
      const less =
        first === undefined || kept.has(first.path) || !isWritten(left, first.path)
          ? undefined
          : without(left, segments(first.path));
      if (first === undefined || less === undefined) throw new InputError(mistakesIn(config, error.mistakes));
      dropped.push(first.path);
      left = less;
    }
  }
}

/** Whether more of the path is written than the system's own key: what a chosen system lacks is no reason to leave it out. */
function isWritten(raw: Fragment, path: string): boolean {
  const [section = "", system = "", setting = ""] = segments(path);
  const own = (raw[section] as Fragment | undefined)?.[system];
  return typeof own === "object" && own !== null && setting in own;
}

const valuesOf = (raw: Fragment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(raw).map(([key, value]) => [
      `lakehouse:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );

/** `lakehouse:nodes[1].memory` → `["nodes", "1", "memory"]` */
const segments = (path: string): string[] =>
  path
    .replace(/^lakehouse:/, "")
    .split(/[.[\]]+/)
    .filter((part) => part !== "");

/** A copy without what is at a path, or where that is not written, above it; undefined where nothing is. */
function without(value: unknown, [key, ...rest]: readonly string[]): Fragment | undefined {
  if (typeof value !== "object" || value === null || key === undefined || !(key in value)) return undefined;
  const inner = rest.length === 0 ? undefined : without((value as Fragment)[key], rest);
  if (Array.isArray(value)) {
    const at = Number(key);
    return (inner === undefined ? value.toSpliced(at, 1) : value.with(at, inner)) as unknown as Fragment;
  }
  const others = Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
  return inner === undefined ? others : { ...others, [key]: inner };
}

/** In the order in which they start. */
function order(all: readonly AnySystem[], settings: Settings): AnySystem[] {
  const stack = stackFacts(settings);
  const fetched = systems.filter(isHelper);
  const served = fetched.filter((one) => isOn(one, settings, stack) && all.some(wants("libraries")));
  const chosen = [...all, ...served];
  return systems.filter((one) => chosen.includes(one));
}

const wants =
  (capability: string) =>
  ({ needs }: AnySystem): boolean =>
    Object.values(needs).some(({ of }) => of === capability);
