import { ENGINES, partsOf } from "./base";
import type { LocalHome } from "./home";
import { type Machine, mustHaveRoom, neededFor, shareOf, type Sizes, sizesOf, thisMachine } from "./memory";
import { known, partOf } from "./parts";

/**
 * What the engines get of the machine's memory: those of every lakehouse share what the parts leave.
 * @throws Refused when the engines that do not run have no room
 */
export function room(
  home: LocalHome,
  machine: Machine = thisMachine(),
): { readonly share: number; readonly sizes: Sizes } {
  const { state, up } = home;
  const parts = state.parts ?? {};
  const ofParts = Object.values(parts).reduce((sum, bytes) => sum + bytes, 0);
  const base = Object.keys(ENGINES);
  // Trino's nodes must agree on their limits: one that is started later gets the size of the others.
  const kept = base.some((name) => up.includes(name)) ? state.share : undefined;
  const share = kept ?? shareOf(machine, state.memory ?? undefined, ofParts);
  const sizes = sizesOf(share);
  const down = known(partsOf(home)).filter((name) =>
    Object.keys(partOf(name).engines).some((each) => !up.includes(each)),
  );
  const needed = neededFor(
    base.filter((name) => !up.includes(name)),
    sizes,
    state.samples !== true,
  );
  mustHaveRoom(needed + down.reduce((sum, name) => sum + (parts[name] ?? 0), 0), machine, ofParts);
  return { share, sizes };
}
