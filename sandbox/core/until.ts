import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds after which what is waited for counts as hanging. A machine that is ten times slower than others is no failure. */
export const PATIENCE = 600_000;

/**
 * Waits until a condition holds; the error says which did not.
 * @param options.within milliseconds; PATIENCE by default
 * @param options.explain what there was instead
 */
export async function until(
  what: string,
  condition: () => Promise<boolean>,
  { within = PATIENCE, explain }: { readonly within?: number; readonly explain?: () => Promise<string> } = {},
): Promise<void> {
  const patience = Date.now() + within;
  while (!(await condition())) {
    if (Date.now() > patience) {
      const found = explain === undefined ? "" : `: ${await explain()}`;
      throw new Error(`not within ${String(within / 1000)} s: ${what}${found}`);
    }
    await sleep(100);
  }
}
