/** Sets of pools to check, smallest first: each set that pods are bound to, and unions of them. */
export function unions(bound: readonly (readonly string[])[]): string[][] {
  const sets = new Map<string, string[]>();
  const add = (pools: readonly string[]) => {
    const set = [...new Set(pools)].sort();
    sets.set(set.join(), set);
  };
  for (const pools of bound) add(pools);
  for (const [, one] of [...sets]) {
    // All pairs of many sets would be too many. The union of all sets is checked in any case.
    for (const [, other] of [...sets].slice(0, 256)) add([...one, ...other]);
  }
  add(bound.flat());
  return [...sets.values()].filter(({ length }) => length > 0).sort((a, b) => a.length - b.length);
}
