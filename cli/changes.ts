import { diff } from "../planner/diff";
import type { Plan } from "../planner/plan";
import { type Manifest, shortName } from "./manifests";
import type { OutputFolder } from "./output";

/** What changed since the last plan that was different, and what that one cost. */
interface Changes {
  readonly changes: Omit<Plan["resources"], "total" | "byType">;
  readonly previousMonthly: number | undefined;
  /** They are those of the last plan, which was not refused: nothing differs from it. */
  readonly accepted: boolean;
}

/**
 * Compares with the last plan. Where nothing differs, its own changes stand: looking at a plan twice shows the same, byte for
 * byte, and an edit shows against what was there before it.
 */
export function compare(all: readonly Manifest[], texts: ReadonlyMap<string, string>, output: OutputFolder): Changes {
  const before = output.read(".yaml");
  const last = output.plan();
  if (before === undefined || last === undefined) {
    return {
      changes: diff(undefined, new Map(all.map(({ path, content }) => [shortName(path), content]))),
      previousMonthly: undefined,
      accepted: false,
    };
  }
  const differs = (path: string) => before.get(path) !== texts.get(path);
  if (before.size === texts.size && !all.some(({ path }) => differs(path))) {
    const { total: _total, byType: _byType, ...changes } = last.resources;
    return { changes, previousMonthly: last.cost.previousMonthly, accepted: true };
  }
  // Only files whose text differs are read as YAML: most changes are small.
  const { parse } = require("yaml") as typeof import("yaml");
  const previous = [...before].filter(([path]) => differs(path));
  const next = all.filter(({ path }) => differs(path));
  return {
    changes: diff(
      new Map(previous.map(([path, text]) => [shortName(path), parse(text) as unknown])),
      new Map(next.map(({ path, content }) => [shortName(path), content])),
    ),
    previousMonthly: last.cost.monthly,
    accepted: false,
  };
}
