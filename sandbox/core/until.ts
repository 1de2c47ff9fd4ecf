import { setTimeout as sleep } from "node:timers/promises";

/** Default timeout in milliseconds: long, so that a machine that is ten times slower does not fail. */
export const PATIENCE = 600_000;

interface Waiting {
  readonly within?: number;
  readonly every?: number;
  readonly explain?: () => Promise<string>;
}

/**
 * Waits until a condition holds; the error says which did not.
 * @param options.within milliseconds; PATIENCE by default
 * @param options.every milliseconds between two polls; 100 by default
 * @param options.explain describes the state at a timeout
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
