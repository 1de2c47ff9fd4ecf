import type { Allowed } from "./allowance";
import type { Part } from "./local/part";
import type { Artefact } from "./obtain/artefact";

/** Proof of a system: what it was started from, and what tests saw. */
interface Proof {
  readonly system: string;
  /** Which files of the stack it was started from. */
  readonly from: string;
  /** Titles of the tests in `test/engines` that saw it. */
  readonly seen: readonly string[];
}

/** Needs and results of an engine's proofs: `<engine>/description.ts`, and a line in `described.ts`. */
export interface Description<Name extends string = string> {
  /** Artefacts that are downloaded or built, by unique names. */
  readonly artefacts: Readonly<Record<Name, Artefact>>;
  readonly proofs: readonly Proof[];
  /** Allowed differences of its files from the rendered ones. */
  readonly allowed: readonly Allowed[];
  /** What it offers to `lakehouse local start --with`, by name; loaded when it is asked for. @default nothing */
  readonly local?: Readonly<Record<string, () => Part>>;
  /** Parts that cannot be obtained, and why: each counts as skipped. */
  readonly absent: readonly (readonly [what: string, why: string])[];
}

/** The names of its artefacts are kept in its type. */
export const description = <Name extends string>(engine: Description<Name>): Description<Name> => engine;
