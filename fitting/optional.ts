import { groupName, type Resources } from "../components/core/pod-group";
import { type AnySystem, exampleOf, onSwitch, systemName } from "../components/core/system";
import { systemsOn } from "../components/facts";
import { SettingsError } from "../components/settings";
import { type Fragment, merge, put } from "../components/settings/presets";
import { changed, type SizeChange } from "../planner/advice/change";
import { largest } from "../planner/advice/grid";
import { fitsAll } from "../planner/pack";
import { sizeText } from "../planner/report/advice";
import { described, type Described, ifValid, placeOf, requested } from "./described";
import { withNeeds } from "./draft";
import { between, ladder, sizesOf } from "./sizes";

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

/** `worker` of `query.trino.worker`, `dashboards server` of `storage.opensearch.dashboards.server`. */
export const roleOf = (path: string): string => path.split(".").slice(2).join(" ");

/** What the settings say against a stack file; empty for a valid one. */
export function firstMistake(fragment: Fragment): string {
  try {
    described(fragment);
    return "";
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const [{ path, message } = { path: "", message: "" }] = error.mistakes;
    return `${path}: ${message}`;
  }
}

export function optionalFit(fragment: Fragment, stack: Described, system: AnySystem): OptionalFit[] {
  const on = systemsOn(stack.settings);
  // What is there already is not for a stack to switch on.
  if (on.includes(system) || onSwitch(system).value === "existing") return [];
  const more = withNeeds([system], on).map(([one]) => one);
  const base = [system, ...more].reduce(
    (all, one) => put(all, placeOf(one), { [onSwitch(one).key]: onSwitch(one).value }),
    fragment,
  );
  const facts = { name: systemName(system), with: more.map(systemName) };
  const valid = ifValid(base) ?? ifValid(merge(exampleOf(system), base));
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
