import { match, ok } from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Ground, Place } from "../../sandbox/engines/ground";
import type { Stage } from "../../sandbox/engines/stage";

export interface Broken {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Ports that differ from those of the running, sound engine. */
  readonly own: readonly Place[];
  readonly start: (ground: Ground, name: string) => Promise<unknown>;
  /** The engine's expected error; any other failure proves nothing. */
  readonly error: RegExp;
}

/** Number of parallel starts, because most of a start is waiting. */
const AT_ONCE = 3;

/** Starts each engine with one property broken. */
export function breaks(stage: () => Stage, cases: readonly Broken[]): void {
  describe("a wrong rendered property stops the engine that reads it", () => {
    const outcomes = new Map<Broken, string | undefined>();

    /** Error and log of a failed start; undefined if the engine started. */
    async function attempt({ file, from, to, own, start }: Broken, name: string): Promise<string | undefined> {
      const { ground } = stage();
      // Outside `try`, because a file without the text is a mistake of the test.
      const broken = await ground.with(ground.rendered.with(file, from, to), ...own);
      try {
        await start(broken, name);
        return undefined;
      } catch (error) {
        const log = join(ground.run.folder, `${name}.log`);
        return String(error) + (existsSync(log) ? readFileSync(log, "utf8") : "");
      }
    }

    before(async () => {
      const waiting = cases.entries();
      const some = async () => {
        for (const [at, each] of waiting) outcomes.set(each, await attempt(each, `broken-${at}`));
      };
      await Promise.all(Array.from({ length: AT_ONCE }, some));
    });

    for (const each of cases) {
      it(`${each.what}: ${each.from} → ${each.to}`, () => {
        const output = outcomes.get(each);
        ok(output !== undefined, "the engine started");
        match(output, each.error);
      });
    }
  });
}
