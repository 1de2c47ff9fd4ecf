/** Repositories, or their parents, whose images are not open source. */
export const RESTRICTED_SOURCES: readonly {
  readonly prefix: string;
  readonly licence: string;
  /** The fix, as an imperative. */
  readonly instead: string;
}[] = [{ prefix: "docker.elastic.co", licence: "Elastic-2.0", instead: "use OpenSearch, which is open source" }];

/** `-only`, `-or-later` and `+` name the allowed versions of a licence and not another licence. */
const family = (identifier: string) => identifier.toLowerCase().replace(/(-only|-or-later|\+)$/, "");

/**
 * The forbidden identifier for which an SPDX expression is refused; undefined if it is accepted. `A OR B` leaves a choice,
 * `A AND B` does not. `AND` binds closer, and parentheses are ignored. A licence with an exception is a licence of its own:
 * only the text `GPL-2.0-only WITH Classpath-exception-2.0` forbids it.
 */
export function forbiddenLicence(expression: string, forbid: readonly string[]): string | undefined {
  const choices = expression.replace(/[()]/g, "").split(/\s+OR\s+/i);
  const reasons = choices.map((choice) =>
    choice
      .split(/\s+AND\s+/i)
      .map((identifier) => forbid.find((one) => family(one) === family(identifier.trim())))
      .find((reason) => reason !== undefined),
  );
  return reasons.every((reason) => reason !== undefined) ? reasons[0] : undefined;
}
