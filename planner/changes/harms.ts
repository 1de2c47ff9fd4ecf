import { by } from "../order";
import { accessRules } from "./harms/access";
import { dataRules } from "./harms/data";
import { exposureRules } from "./harms/exposure";
import type { HarmRule } from "./harms/rule";
import { safetyRules } from "./harms/safety";
import type { Harm, Severity } from "./model";
import type { WholeChange } from "./objects";

const RULES: readonly HarmRule[] = [...dataRules, ...accessRules, ...exposureRules, ...safetyRules];
export const SEVERITIES: readonly Severity[] = ["data", "access", "safety"];

/**
 * What a reviewer must see of a change, the worst first. Objects of a system that is switched off as a whole are gone with it: they
 * are named for their data only.
 */
export function harmsOf(changes: readonly WholeChange[]): Harm[] {
  const gone = new Set(
    changes
      .filter(({ change }) => change.action === "delete" && change.kind === "Namespace")
      .map(({ change }) => change.resource.replace(/^.*namespace-/, "")),
  );
  const found = changes.flatMap((whole) => {
    const { kind, resource } = whole.change;
    const rules = RULES.filter(({ kinds, severity }) => {
      const isGone = whole.change.action === "delete" && gone.has(resource.split("/")[0] ?? "") && severity !== "data";
      return !isGone && (kinds?.includes(kind) ?? true);
    });
    return rules.flatMap(({ severity, harms }) =>
      [...harms(whole)].map((text): Harm => ({ severity, resource, text })),
    );
  });
  return found.toSorted(
    by(
      ({ severity }) => SEVERITIES.indexOf(severity),
      ({ resource }) => resource,
      ({ text }) => text,
    ),
  );
}
