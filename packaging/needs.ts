import { type AnySystem, systemName } from "../components/core/system";
import { CLUSTER, OBSERVABILITY, type RenderedObject, type Unit, type UpstreamChart } from "./unit";

/** A unit whose place in the order is not known yet. */
export interface Draft {
  readonly name: string;
  readonly system: AnySystem | undefined;
  readonly summary: string;
  readonly objects: readonly RenderedObject[];
  readonly charts: readonly UpstreamChart[];
  /** Names of the releases that the stack waits for before the objects: their definitions come with them. */
  readonly awaits: ReadonlySet<string>;
}

/**
 * Units in the order of their needs: the cluster, then each system after its operators and after the systems that give what it needs,
 * then what watches them.
 * @param systems those that are on, each after what it needs
 */
export function withNeeds(drafts: readonly Draft[], systems: readonly AnySystem[]): Unit[] {
  const before = new Map<string, readonly string[]>();
  return drafts
    .toSorted((one, other) => rank(one, systems) - rank(other, systems))
    .map((draft) => {
      const wanted = needsOf(draft, drafts, systems);
      // What its needs need goes without saying.
      const implied = wanted.flatMap((name) => before.get(name) ?? []);
      before.set(draft.name, [...wanted, ...implied]);
      const { name, summary, objects, charts } = draft;
      const needs = wanted.filter((each) => !implied.includes(each));
      return { name, summary, namespace: namespaceOf(draft), needs, objects, charts };
    });
}

/** Operators come right before the first system that needs them; of two operators, the one that the other waits for. */
function rank({ name, system, charts }: Draft, systems: readonly AnySystem[]): number {
  if (name === CLUSTER) return -1;
  if (name === OBSERVABILITY) return systems.length + 1;
  const place = system === undefined ? systems.length : systems.indexOf(system);
  if (charts.length === 0) return place;
  return place - (charts.some(({ after }) => after.length > 0) ? 0.25 : 0.5);
}

function needsOf(
  { name, system, charts, awaits }: Draft,
  drafts: readonly Draft[],
  systems: readonly AnySystem[],
): string[] {
  if (name === CLUSTER) return [];
  const operators = drafts.filter((each) => each.charts.length > 0);
  const after = new Set([...awaits, ...charts.flatMap((chart) => chart.after)]);
  const awaited = operators.filter((each) => each.name !== name && each.charts.some((chart) => after.has(chart.name)));
  const own = charts.length > 0 ? [] : operators.filter((each) => system !== undefined && each.system === system);
  const given = charts.length > 0 || system === undefined ? new Set<string>() : new Set(giversOf(system, systems));
  const givers = drafts.filter((each) => each.charts.length === 0 && given.has(each.name));
  return [CLUSTER, ...new Set([...awaited, ...own, ...givers].map((each) => each.name))];
}

/** Names of the systems that give what one needs. */
function giversOf(system: AnySystem, systems: readonly AnySystem[]): string[] {
  const needed = new Set(Object.values(system.needs).map(({ of }) => of));
  return systems
    .filter((each) => each !== system && each.gives.some((given) => needed.has(given)))
    .map((each) => systemName(each));
}

/** The namespace of its charts, or of most of its objects. The cluster's unit makes all namespaces, so it is kept in none of them. */
function namespaceOf({ name, objects, charts }: Draft): string {
  if (name === CLUSTER) return "default";
  const counts = new Map<string, number>();
  for (const { metadata } of objects.map(({ content }) => content))
    if (metadata.namespace !== undefined) counts.set(metadata.namespace, (counts.get(metadata.namespace) ?? 0) + 1);
  const [most] = [...counts].toSorted(([, one], [, other]) => other - one);
  return charts[0]?.namespace ?? most?.[0] ?? "default";
}
