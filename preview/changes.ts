import { changesBetween, type Compared } from "../planner/changes/between";
import { objectChanges, type WholeChange } from "../planner/changes/objects";
import { counted, diff } from "../planner/diff";
import type { CostReport, Plan } from "../planner/plan";
import { type Manifest, shortName } from "./manifests";
import type { Base } from "./output";

/** A plan that another one is compared with. */
export interface Baseline {
  /** `the last plan`, `main (3f2a1b0)` */
  readonly name: string;
  readonly plan: Base["plan"];
  /** Texts of the YAML files of resources, by path; undefined where only the plan is known. */
  readonly files?: Base["files"];
}

/** The name of the last good plan of a stack, as a baseline. */
export const LAST = "the last plan";

/** Changes of objects against a baseline. */
export interface Comparison {
  readonly resources: Omit<Plan["resources"], "total" | "byType">;
  /** Undefined without a baseline, or where its manifests are not known. */
  readonly objects: readonly WholeChange[] | undefined;
  /** True if nothing differs from the last good plan. Its own changes are then those of this one, so that the same plan twice is equal byte for byte. */
  readonly accepted: boolean;
  /** Cost of the plan that the changes are compared with. */
  readonly previousCost: CostReport | undefined;
}

/** Compares manifests with those of a baseline. */
export function compare(
  all: readonly Manifest[],
  texts: ReadonlyMap<string, string>,
  baseline: Baseline | undefined,
): Comparison {
  if (baseline === undefined) {
    const resources = diff(undefined, new Map(all.map(({ path, content }) => [shortName(path), content])));
    return { resources, objects: undefined, accepted: false, previousCost: undefined };
  }
  const { files: before, plan, name } = baseline;
  const nothing = { create: [], change: [], delete: [], replace: [] };
  if (before === undefined) return { resources: nothing, objects: undefined, accepted: false, previousCost: plan.cost };
  const differs = (path: string) => before.get(path) !== texts.get(path);
  if (name === LAST && before.size === texts.size && !all.some(({ path }) => differs(path))) {
    const { total: _total, byType: _byType, ...resources } = plan.resources;
    const { previousMonthly: monthly } = plan.cost;
    const previousCost = monthly === undefined ? undefined : { ...plan.cost, monthly };
    return { resources, objects: [], accepted: true, previousCost };
  }
  // Most changes are small, so only changed files are parsed, and files in deleted namespaces.
  const { parse } = require("yaml") as typeof import("yaml");
  const gone = [...before.keys()].flatMap((path) => (texts.has(path) ? [] : (namespaceOf(path) ?? [])));
  const matters = (path: string) => differs(path) || gone.some((namespace) => path.split("/")[1] === namespace);
  const previous = [...before].filter(([path]) => matters(path));
  const next = all.filter(({ path }) => matters(path));
  const objects = objectChanges(
    new Map(previous.map(([path, text]) => [shortName(path), parse(text) as unknown])),
    new Map(next.map(({ path, content }) => [shortName(path), content])),
  );
  return { resources: counted(objects), objects, accepted: false, previousCost: plan.cost };
}

/** Everything that differs between a plan and its baseline; undefined without one. */
export function planChanges(
  after: Compared,
  baseline: Baseline | undefined,
  { objects, accepted }: Comparison,
): Plan["changes"] {
  if (baseline === undefined) return undefined;
  const { name, plan } = baseline;
  const changes = changesBetween(name, plan, after, objects);
  const { nodes, volumes, cost } = changes;
  return accepted && [nodes, volumes, cost].every(({ length }) => length === 0) ? plan.changes : changes;
}

/** The namespace that a file of a Namespace object declares. */
function namespaceOf(path: string): string | undefined {
  return /^manifests\/_cluster\/namespace-(.+)\.yaml$/.exec(path)?.[1];
}
