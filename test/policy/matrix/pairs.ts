import { accepted, USUAL } from "./choices";
import { type Choice, type Switch, SWITCHES, type Value } from "./switches";

/** A pair of switches, each with a value. */
export type Pair = readonly [Switch, Value, Switch, Value];

/**
 * Choices that cover all pairs of values of any two switches. All combinations would be exponential in number, and faults of
 * three systems together are far rarer than faults of two.
 */
export function pairwise(before: readonly Choice[] = []): { readonly choices: Choice[]; readonly refused: Pair[] } {
  const open = new Map<string, Pair>();
  for (const pair of pairs()) open.set(key(...pair), pair);
  const meet = (choice: Choice) => {
    for (const [one, other] of couples()) open.delete(key(one, choice[one.path], other, choice[other.path]));
  };
  before.forEach(meet);
  const choices: Choice[] = [];
  const refused: Pair[] = [];
  for (const pair of open.values()) {
    if (!open.delete(key(...pair))) continue;
    const choice = accepted(...filled(pair, open));
    if (choice === undefined) refused.push(pair);
    else {
      choices.push(choice);
      meet(choice);
    }
  }
  return { choices, refused };
}

/** A choice with the pair, and for each other switch the value that covers most new pairs. */
function filled([one, value, other, otherValue]: Pair, open: ReadonlyMap<string, Pair>): [Choice, Choice] {
  const given = { [one.path]: value, [other.path]: otherValue };
  const choice: Record<string, Value> = { ...given };
  for (const each of SWITCHES) {
    if (each.path in choice) continue;
    const met = (candidate: Value) =>
      SWITCHES.filter(({ path }) => path in choice).filter(
        (known) =>
          open.has(key(known, choice[known.path], each, candidate)) ||
          open.has(key(each, candidate, known, choice[known.path])),
      ).length;
    choice[each.path] = each.values.toSorted((first, second) => met(second) - met(first))[0] ?? USUAL[each.path] ?? "";
  }
  return [given, choice];
}

function* couples(): Generator<readonly [Switch, Switch]> {
  for (const [index, one] of SWITCHES.entries()) for (const other of SWITCHES.slice(index + 1)) yield [one, other];
}

function* pairs(): Generator<Pair> {
  for (const [one, other] of couples())
    for (const value of one.values) for (const otherValue of other.values) yield [one, value, other, otherValue];
}

function key(one: Switch, value: Value | undefined, other: Switch, otherValue: Value | undefined): string {
  return `${one.path}=${String(value)} ${other.path}=${String(otherValue)}`;
}
