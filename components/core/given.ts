import { type Capabilities, type CapabilityName, CAPABILITY_WORDS, type Need, type Needs } from "./system";

/** Capabilities that systems have given so far. Several systems may give the same one. */
export type Given = { readonly [C in CapabilityName]?: readonly Capabilities[C][] };

/** All of them, in the order of the arguments. */
export function combined(...given: readonly Given[]): Given {
  const all: Partial<Record<CapabilityName, readonly unknown[]>> = {};
  for (const one of given)
    for (const [name, values] of Object.entries(one) as [CapabilityName, readonly unknown[]][])
      all[name] = [...(all[name] ?? []), ...values];
  return all as Given;
}

/** The capabilities that one created system gives. */
export const givenBy = (names: readonly CapabilityName[], made: Partial<Capabilities>): Given =>
  Object.fromEntries(names.map((name) => [name, [made[name]]]));

/**
 * A capability for each need of a system, by the need's name.
 * @param preferred capabilities that come before others. @default none: the first one given is used
 * @throws Error for a need that no system meets; the settings of a whole stack are checked before
 */
export function resolveNeeds(
  system: string,
  needs: Needs,
  given: Given,
  preferred: ReadonlySet<unknown> = new Set(),
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(needs).map(([name, need]) => [name, answer(system, need, given, preferred)]),
  );
}

function answer(system: string, { of, how }: Need, given: Given, preferred: ReadonlySet<unknown>): unknown {
  const all: readonly unknown[] = given[of] ?? [];
  if (how === "every") return all;
  if (how === "one" && all.length === 0)
    throw new Error(`${system} needs ${CAPABILITY_WORDS[of]}, and no system gives one`);
  return all.find((one) => preferred.has(one)) ?? all[0];
}
