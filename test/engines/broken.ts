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
  /** Ports that must be its own: the sound engine holds the others. */
  readonly own: readonly Place[];
  readonly start: (ground: Ground, name: string) => Promise<unknown>;
  /** What the engine says; any other failure is not the proof. */
  readonly says: RegExp;
}

/** So many start at once: much of a start is waiting. */
const AT_ONCE = 3;

/** Starts each engine with one property broken. */
export function breaks(stage: () => Stage, cases: readonly Broken[]): void {
  describe("a rendered property that is wrong stops the engine that reads it", () => {
    const said = new Map<Broken, string | undefined>();

    /** What it said when it ended; nothing, where it started all the same. */
    async function attempt({ file, from, to, own, start }: Broken, name: string): Promise<string | undefined> {
      const { ground } = stage();
      // Outside: a file that has no such text is a mistake of the test.
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
        for (const [at, each] of waiting) said.set(each, await attempt(each, `broken-${at}`));
      };
      await Promise.all(Array.from({ length: AT_ONCE }, some));
    });

    for (const each of cases) {
      it(`${each.what}: ${each.from} → ${each.to}`, () => {
        const words = said.get(each);
        ok(words !== undefined, "it started all the same");
        match(words, each.says);
      });
    }
  });
}
