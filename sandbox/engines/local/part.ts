import type { Ground } from "../ground";
import type { Rendered } from "../rendered";
import type { Arrival } from "./happened";
import type { Login } from "./home";
import type { LocalPlace, Ports } from "./places";

/** An engine's name in the output, and its listeners, the main one first. */
export interface EngineFacts {
  readonly what: string;
  readonly places: readonly [LocalPlace, ...LocalPlace[]];
}

/** Where a person comes in: a page, or an address for clients. */
export interface Door {
  readonly name: string;
  readonly what: string;
  readonly url: string;
  /** Who signs in. */
  readonly as: string;
  /** Login whose password is asked for. @default none is */
  readonly login?: string;
  /** What else is printed with it, such as a way in the page. */
  readonly note?: string;
}

/** The folder of the lakehouse, as far as a part needs it. */
export interface PartHome {
  readonly folder: string;
  /** Writes down what has arrived. */
  readonly arrived: (arrival: Arrival) => void;
  /** Work that is done again and again for as long as the lakehouse runs. @param every milliseconds */
  readonly again: (every: number, work: () => Promise<void>) => void;
}

/** What `lakehouse local start --with` can add: an engine's folder has it in `local.ts`, and a line in its description. */
export interface Part {
  /** `Kafka` */
  readonly what: string;
  /** Parts without which it cannot run. @default none */
  readonly needs?: readonly string[];
  /** Artefacts besides those of every local lakehouse, with the megabytes of their downloads. */
  readonly artefacts: Readonly<Record<string, number>>;
  /** Settings by section, such as `compute`, where the stack has it off. @default the stack's */
  readonly settings?: Readonly<Record<string, Readonly<Record<string, object>>>>;
  /** Its processes by name, in the order of output. */
  readonly engines: Readonly<Record<string, EngineFacts>>;
  /** Bytes that it may take, by the limits of its pods. */
  readonly limit: (rendered: Rendered) => number;
  readonly start: (ground: Ground, home: PartHome) => Promise<void>;
  readonly doors?: (ports: Ports, logins: readonly Login[], folder: string) => readonly Door[];
}
