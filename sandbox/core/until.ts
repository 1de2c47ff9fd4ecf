import { setTimeout as sleep } from "node:timers/promises";

/** Waits until a condition holds; the error says which did not. `explain` adds what there was instead. */
export async function until(
  what: string,
  condition: () => Promise<boolean>,
  { within = 180_000, explain }: { readonly within?: number; readonly explain?: () => Promise<string> } = {},
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
