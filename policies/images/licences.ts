/** `-only`, `-or-later` and `+` tell how a licence may be exchanged, not which one it is. */
const family = (identifier: string) => identifier.toLowerCase().replace(/(-only|-or-later|\+)$/, "");

/**
 * Why an SPDX expression cannot be accepted: the forbidden identifier that it comes down to. `A OR B` leaves a choice, `A AND B`
 * does not; `AND` binds closer, and parentheses are not read but passed over. A licence with an exception is one of its own:
 * `GPL-2.0-only WITH Classpath-exception-2.0` is forbidden by that text alone.
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
