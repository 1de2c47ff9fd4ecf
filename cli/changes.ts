import { diff } from "../planner/diff";
import type { Plan } from "../planner/plan";
import { type Manifest, shortName } from "./manifests";
import type { Base } from "./output";

/** What changed since the last good plan that was different, and what that one cost. */
interface Changes {
  readonly changes: Omit<Plan["resources"], "total" | "byType">;
  readonly previousMonthly: number | undefined;
  /** Nothing differs from the last good plan: the changes are that one's own. */
  readonly accepted: boolean;
}

/**
 * Compares with the last good plan. Where nothing differs, its own changes stand: looking at a plan twice shows the same, byte for
 * byte, and an edit shows against what was there before it.
 */
export function compare(all: readonly Manifest[], texts: ReadonlyMap<string, string>, base: Base | undefined): Changes {
  if (base === undefined) {
    return {
      changes: diff(undefined, new Map(all.map(({ path, content }) => [shortName(path), content]))),
      previousMonthly: undefined,
      accepted: false,
    };
  }
  const { files: before, plan: last } = base;
  const differs = (path: string) => before.get(path) !== texts.get(path);
  if (before.size === texts.size && !all.some(({ path }) => differs(path))) {
    const { total: _total, byType: _byType, ...changes } = last.resources;
    return { changes, previousMonthly: last.cost.previousMonthly, accepted: true };
  }
  // Only files whose text differs are read as YAML, most changes are small; and what goes with a namespace that goes.
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
    previousMonthly: last.cost.monthly,
    accepted: false,
  };
}

/** Of a Namespace's own file. */
function namespaceOf(path: string): string | undefined {
  return /^manifests\/_cluster\/namespace-(.+)\.yaml$/.exec(path)?.[1];
}
