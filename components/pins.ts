import type { Pin } from "./core/pins";
import { shared } from "./core/versions";
import { type all, systems } from "./systems";

type Both<U> = (U extends unknown ? (one: U) => void : never) extends (one: infer I) => void ? I : never;
type OfSystems = Both<NonNullable<(typeof all)[number]["pins"]>>;

/** All pins: those of the systems, in their order, and then the shared ones. */
export const allPins: readonly Pin[] = [...systems.map(({ pins = {} }) => pins), shared].flatMap((each) =>
  Object.values(each),
);

/** The same by name. */
export const pins = Object.fromEntries(allPins.map((pin) => [pin.name, pin])) as OfSystems & typeof shared;
