/** Orders names as people do, `k8s-2` before `k8s-10`, and the same way on every machine. */
const collator = new Intl.Collator("en", { numeric: true });

/** Compares names; those that the collator holds equal (`a-1`, `a-01`) fall back to their code units. */
export function byName(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : Number(a > b));
}

/** A comparator from keys, the most significant first. */
export function by<T>(...keys: readonly ((of: T) => number | string)[]): (a: T, b: T) => number {
  return (a, b) => {
    for (const key of keys) {
      const [x, y] = [key(a), key(b)];
      const order = typeof x === "number" && typeof y === "number" ? x - y : byName(String(x), String(y));
      if (order !== 0) return order;
    }
    return 0;
  };
}
