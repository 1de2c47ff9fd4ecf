/** Numeric order, `k8s-2` before `k8s-10`, in a fixed locale so that it is the same on every machine. */
const collator = new Intl.Collator("en", { numeric: true });

/** Compares names. Names that the collator treats as equal (`a-1`, `a-01`) are compared by code units. */
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
