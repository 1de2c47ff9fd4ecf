import { described } from "../described";
import type { Description } from "../description";
import type { Artefact } from "./artefact";

export type { Artefact } from "./artefact";

type Names<Each> = Each extends Description<infer Name> ? Name : never;

export type ArtefactName = Names<(typeof described)[number]>;

/** All artefacts that are downloaded or built, with their versions, in the engines' order. */
export const artefacts = Object.fromEntries(
  described.flatMap((engine) => Object.entries<Artefact>(engine.artefacts)),
) as Readonly<Record<ArtefactName, Artefact>>;

/** Path of each artefact: a file for a jar, a folder otherwise. */
export type Tools = Readonly<Record<ArtefactName, string>>;
