/** Sets of pools to look at, small ones first: each that something is bound to, and their unions. */
export function unions(bound: readonly (readonly string[])[]): string[][] {
  const sets = new Map<string, string[]>();
  const add = (pools: readonly string[]) => {
    const set = [...new Set(pools)].sort();
    sets.set(set.join(), set);
  };
  for (const pools of bound) add(pools);
  for (const [, one] of [...sets]) {
    // With many different sets their pairwise unions would be too many, and the union of all still bounds the sum.
    for (const [, other] of [...sets].slice(0, 256)) add([...one, ...other]);
  }
  add(bound.flat());
  return [...sets.values()].filter(({ length }) => length > 0).sort((a, b) => a.length - b.length);
}
