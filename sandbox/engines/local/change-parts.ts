import { partsOf } from "./base";
import { enginesUp, renderedFor, type Say } from "./engines";
import type { LocalHome } from "./home";
import { gib, LEAST, sizesOf } from "./memory";
import { limitsOf, partOf, type Wanted } from "./parts";
import { Refused } from "./refused";
import { room } from "./room";

/**
 * Adds parts to those of a lakehouse, once it is known that they fit; no parts at all take the others away.
 * @returns a function that takes the change back, and says whether there was one
 * @throws Refused when the machine is too small, or when parts that run would be taken away
 */
export async function changeParts(home: LocalHome, wanted: Wanted | undefined, say: Say): Promise<() => boolean> {
  const { parts: before = {} } = home.state;
  const back = () => {
    home.mark({ parts: before });
    return true;
  };
  const fresh = (wanted?.parts ?? []).filter((name) => !(name in before));
  if (wanted === undefined || (wanted.parts.length > 0 && fresh.length === 0)) {
    // Told before anything is obtained.
    room(home);
    return () => false;
  }
  if (wanted.parts.length === 0) {
    if (partsOf(home).length > 0 && enginesUp(home).length > 0)
      throw new Refused("--with none: engines run; 'lakehouse local stop' ends them");
    home.mark({ parts: {} });
    return back;
  }
  for (const line of wanted.pulled) say(line);
  try {
    home.mark({ parts: { ...before, ...Object.fromEntries(fresh.map((name) => [name, 0])) } });
    const limits = limitsOf(fresh, await renderedFor(home, sizesOf(LEAST)));
    for (const name of fresh) say(`memory: ${gib(limits[name] ?? 0)} GiB for ${partOf(name).what}`);
    home.mark({ parts: { ...before, ...limits } });
    room(home);
  } catch (error) {
    back();
    throw error;
  }
  return back;
}
