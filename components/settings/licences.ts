import { type Chart, OPEN_SOURCE, sameLicence } from "../core/pins";
import { settingsOf } from "../core/system";
import type { Use } from "../core/uses";
import { stackFacts, systemsOn } from "../facts";
import type { Mistake } from "../fields/mistakes";
import type { Settings } from "./schema";

/** Pinned programs that a stack runs. */
export function uses(settings: Settings): Use[] {
  const stack = stackFacts(settings);
  return systemsOn(settings, stack).flatMap((system) => [...system.uses(settingsOf(system, settings), stack)]);
}

/** Charts that a stack installs. */
export const charts = (settings: Settings): Chart[] =>
  uses(settings).flatMap(({ kind, pin }) => (kind === "chart" ? [pin.chart] : []));

/** A mistake for each service with a forbidden licence, at the setting that brings it in. */
export function* forbiddenLicences(settings: Settings): Generator<Mistake> {
  const { forbid } = settings.licences;
  for (const { service, pin, setting, instead } of uses(settings)) {
    const { name, licence } = pin;
    const index = forbid.findIndex((forbidden) => sameLicence(forbidden, licence));
    if (index >= 0)
      yield {
        path: setting,
        message: `${service} uses ${name}, whose licence ${licence} is forbidden by lakehouse:licences.forbid[${String(index)}] (${forbid[index] ?? ""}); allowed: ${instead}, or a list without that licence`,
      };
  }
}

/** A mistake for each setting that brings in a program which is not open source, unless its licence is accepted. */
export function* acceptedLicences(settings: Settings): Generator<Mistake> {
  const accepted = [...OPEN_SOURCE, ...settings.licences.allow];
  const told = new Set<string>();
  for (const { service, pin, setting, instead } of uses(settings)) {
    const { name, licence } = pin;
    if (accepted.some((one) => sameLicence(one, licence)) || told.has(`${setting} ${licence}`)) continue;
    told.add(`${setting} ${licence}`);
    yield {
      path: setting,
      message: `${service} uses ${name}, whose licence ${licence} is not open source; allowed: ${instead}, or ${licence} in lakehouse:licences.allow`,
    };
  }
}
