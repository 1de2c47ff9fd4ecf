import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds after which what is waited for counts as hanging. A machine that is ten times slower than others is no failure. */
export const PATIENCE = 600_000;

interface Waiting {
  readonly within?: number;
  readonly every?: number;
  readonly explain?: () => Promise<string>;
}

/**
 * Waits until a condition holds; the error says which did not.
 * @param options.within milliseconds; PATIENCE by default
 * @param options.every milliseconds from one look to the next; 100 by default
 * @param options.explain what there was instead
 */
export async function until(
  what: string,
  condition: () => Promise<boolean>,
  { within = PATIENCE, every = 100, explain }: Waiting = {},
): Promise<void> {
  const patience = Date.now() + within;
  while (!(await condition())) {
    if (Date.now() > patience) {
      const found = explain === undefined ? "" : `: ${await explain()}`;
      throw new Error(`not within ${String(within / 1000)} s: ${what}${found}`);
    }
    await sleep(every);
  }
}
