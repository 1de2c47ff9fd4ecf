import type { Ground } from "../ground";
import { partsOf } from "./base";
import type { LocalHome } from "./home";
import type { PartHome } from "./part";
import { known, partOf } from "./parts";
import type { Pending } from "./pending";

/** What a part may do in the process that stays. */
export type PartWork = Omit<PartHome, "folder">;

/** Starts each part once what it needs is ready. */
export async function startParts(home: LocalHome, ground: Ground, pending: Pending, work: PartWork): Promise<void> {
  const begun = new Map<string, Promise<void>>();
  const names = known(partsOf(home));
  const begin = (name: string): Promise<void> => {
    const { what, needs = [], start } = partOf(name);
    const started = begun.get(name) ?? Promise.all(needs.map(begin)).then(() => ready(what, start));
    begun.set(name, started);
    return started;
  };
  const ready = (what: string, start: (ground: Ground, home: PartHome) => Promise<void>) =>
    pending.ready(what, start(ground, { ...work, folder: home.folder }));
  await Promise.all(names.map(begin));
}
