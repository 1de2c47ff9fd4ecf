const UNITS: Readonly<Record<string, number>> = { m: 1 / 1000, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** Number of cores or bytes in a Kubernetes quantity. */
export function amount(text: string): number {
  const [, value = "", unit = ""] = /^([\d.]+)(\D*)$/.exec(text) ?? [];
  const factor = unit === "" ? 1 : UNITS[unit];
  if (value === "" || factor === undefined) throw new Error(`${text} is no quantity`);
  return Number(value) * factor;
}
