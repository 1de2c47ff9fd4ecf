import { diff } from "../planner/diff";
import type { CostReport, Plan } from "../planner/plan";
import { type Manifest, shortName } from "./manifests";
import type { Base } from "./output";

/** The changes against the last good plan that differed, and the cost of that plan. */
interface Changes {
  readonly changes: Omit<Plan["resources"], "total" | "byType">;
  readonly previousCost: CostReport | undefined;
  /** True if nothing differs from the last good plan. The changes are then those of that plan. */
  readonly accepted: boolean;
}

/**
 * Compares with the last good plan. If nothing differs, the changes of that plan are kept, so that the same plan twice is equal
 * byte for byte.
 */
export function compare(all: readonly Manifest[], texts: ReadonlyMap<string, string>, base: Base | undefined): Changes {
  if (base === undefined) {
    return {
      changes: diff(undefined, new Map(all.map(({ path, content }) => [shortName(path), content]))),
      previousCost: undefined,
      accepted: false,
    };
  }
  const { files: before, plan: last } = base;
  const differs = (path: string) => before.get(path) !== texts.get(path);
  if (before.size === texts.size && !all.some(({ path }) => differs(path))) {
    const { total: _total, byType: _byType, ...changes } = last.resources;
    const { previousMonthly: monthly } = last.cost;
    return { changes, previousCost: monthly === undefined ? undefined : { ...last.cost, monthly }, accepted: true };
  }
  // Most changes are small, so only changed files are parsed, and files in deleted namespaces.
  const { parse } = require("yaml") as typeof import("yaml");
  const gone = [...before.keys()].flatMap((path) => (texts.has(path) ? [] : (namespaceOf(path) ?? [])));
  const matters = (path: string) => differs(path) || gone.some((namespace) => path.split("/")[1] === namespace);
  const previous = [...before].filter(([path]) => matters(path));
  const next = all.filter(({ path }) => matters(path));
  return {
    changes: diff(
      new Map(previous.map(([path, text]) => [shortName(path), parse(text) as unknown])),
      new Map(next.map(({ path, content }) => [shortName(path), content])),
    ),
    previousCost: last.cost,
    accepted: false,
  };
}

/** The namespace that a file of a Namespace object declares. */
function namespaceOf(path: string): string | undefined {
  return /^manifests\/_cluster\/namespace-(.+)\.yaml$/.exec(path)?.[1];
}
