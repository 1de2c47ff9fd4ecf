import type { AnySystem } from "./system";

/**
 * Systems in an order in which each comes after those that give what it needs.
 * @throws Error naming the circle
 */
export function order(all: readonly AnySystem[]): AnySystem[] {
  const placed = new Set<AnySystem>();
  const path: AnySystem[] = [];
  const place = (next: AnySystem): void => {
    if (placed.has(next)) return;
    if (path.includes(next))
      throw new Error(`systems need each other: ${[...path, next].map(({ key }) => key).join(" → ")}`);
    path.push(next);
    for (const { of } of Object.values(next.needs)) for (const giver of all) if (giver.gives.includes(of)) place(giver);
    path.pop();
    placed.add(next);
  };
  for (const each of all) place(each);
  return [...placed];
}
