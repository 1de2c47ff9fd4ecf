import { type Artefact, type ArtefactName, artefacts, type Tools } from "./artefacts";
import { sources } from "./sources";

export { type Artefact, type ArtefactName, artefacts, type Tools } from "./artefacts";

/** Progress of artefacts that are not in the cache. */
export interface Steps {
  readonly began?: (name: ArtefactName) => void;
  readonly ended?: (name: ArtefactName) => void;
}

/** Names of artefacts that are obtained only where they are named. */
export const EXTRA = (Object.entries(artefacts) as [ArtefactName, Artefact][])
  .filter(([, { extra = false }]) => extra)
  .map(([name]) => name);

/** Obtains all artefacts but extra ones that are not in the cache, or only the named ones. @throws Error with a line for each that cannot be obtained */
export async function obtain(
  say: (line: string) => void,
  only?: readonly ArtefactName[],
  steps: Steps = {},
): Promise<Tools> {
  const places: Partial<Record<ArtefactName, string>> = {};
  const failed: string[] = [];
  // Two at a time: a build and a download, or two downloads.
  const queue = (Object.entries(artefacts) as [ArtefactName, Artefact][]).filter(
    ([name, { extra = false }]) => only?.includes(name) ?? !extra,
  );
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [name, { what, version, from }] = next;
      const start = Date.now();
      steps.began?.(name);
      try {
        places[name] = await (sources[from.kind] as (...args: unknown[]) => Promise<string>)(
          fileName(name),
          version,
          from,
        );
        steps.ended?.(name);
        const seconds = (Date.now() - start) / 1000;
        if (seconds > 1) say(`obtained ${what} ${version} in ${seconds.toFixed(0)} s`);
      } catch (error) {
        failed.push(`${what} ${version}: ${(error as Error).message}`);
      }
    }
  };
  await Promise.all([worker(), worker()]);
  if (failed.length > 0) throw new Error(`cannot be obtained:\n${failed.join("\n")}`);
  return places as Tools;
}

const fileName = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
