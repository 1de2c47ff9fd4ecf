import { GiB, TiB } from "../../components/core/quantity";

/** A number with at most one decimal: 7.5, 24. */
export function short(value: number): string {
  const rounded = Math.round(value * 10) / 10;
  return String(Object.is(rounded, -0) ? 0 : rounded);
}

/** A number in groups of three digits, `10,000`, with at most two decimals where it is small. */
export function grouped(value: number): string {
  return new Intl.NumberFormat("en", { maximumFractionDigits: value < 10 ? 2 : 1 }).format(value);
}

/** Bytes as GiB: `24 GiB`, `0.5 GiB`. */
export function gib(bytes: number): string {
  return `${gibNumber(bytes)} GiB`;
}

/** Bytes as a number of GiB without its unit. Amounts below 1 GiB keep two decimals, so that small ones are not 0. */
export function gibNumber(bytes: number): string {
  const value = bytes / GiB;
  return value !== 0 && Math.abs(value) < 1 ? String(Math.round(value * 100) / 100) : short(value);
}

/** Bytes in the unit that suits them: `20 GiB`, `12.3 TiB`, `5 PiB`. */
export function bytes(amount: number): string {
  if (amount < TiB) return gib(amount);
  return amount < 1024 * TiB ? `${short(amount / TiB)} TiB` : `${short(amount / TiB / 1024)} PiB`;
}

/** `4 cores`, `0.25 cores`, `1 core`. */
export function cores(count: number): string {
  const value = Math.round(count * 100) / 100;
  return `${String(value)} ${value === 1 ? "core" : "cores"}`;
}

/** `part` of `whole` as `57 %`; 0 of 0 is 0 %. */
export function percent(part: number, whole: number): string {
  return `${String(Math.round(share(part, whole) * 100))} %`;
}

/** `part` of `whole` as a fraction; 1 or more if it is full. */
export function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : part > 0 ? 1 : 0;
}

/** An amount of money without its smaller unit: `$6,200`, `€6,200`. */
export function money(amount: number, currency: string): string {
  return inCurrency(amount, currency, 0);
}

/** A unit price, with its smaller unit only if it has any: `$400`, `$0.40`. */
export function unitPrice(amount: number, currency: string): string {
  return inCurrency(amount, currency, Number.isInteger(amount) ? 0 : 2);
}

function inCurrency(amount: number, currency: string, digits: number): string {
  const form = new Intl.NumberFormat("en", {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  const text = form.format(Math.abs(amount));
  return amount < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

/** `1 policy`, `2 policies`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${String(count)} ${count === 1 ? one : many}`;
}

/** Names of nodes in the order given, consecutive numbers as a range: `query-1…10`, `k8s-1, k8s-3`. */
export function nodeNames(names: readonly string[]): string {
  const runs: { prefix: string; first: number; last: number }[] = [];
  for (const name of names) {
    const [, prefix = name, digits] = /^(.*?)(0|[1-9]\d*)$/.exec(name) ?? [];
    const number = digits === undefined ? NaN : Number(digits);
    const run = runs.at(-1);
    if (run?.prefix === prefix && run.last + 1 === number) run.last = number;
    else runs.push({ prefix, first: number, last: number });
  }
  return runs
    .flatMap(({ prefix, first, last }) => {
      if (Number.isNaN(first)) return [prefix];
      const [from, to] = [`${prefix}${String(first)}`, `${prefix}${String(last)}`];
      return first === last ? [from] : last === first + 1 ? [from, to] : [`${from}…${String(last)}`];
    })
    .join(", ");
}

/** `a, b, c`. */
export function list(parts: readonly string[]): string {
  return parts.join(", ");
}

/** The first `length` characters, with `…` for the rest. */
export function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, Math.max(0, length - 1))}…`;
}

/** Removes control characters, so that text from a plan cannot move a terminal's cursor or break a line. */
export function clean(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").trim();
}

/** `24`, `4 × 8`: the GiB of equal pods. */
export function sizes(count: number, bytes: number): string {
  return count === 1 ? gibNumber(bytes) : `${String(count)} × ${gibNumber(bytes)}`;
}

/**
 * The number of cells of a bar, out of `width`, for each amount. The running sum is rounded, so that no cell is lost. The bar is
 * full only if the sum reaches `whole`.
 */
export function cells(amounts: readonly number[], whole: number, width: number): number[] {
  let sum = 0;
  let used = 0;
  return amounts.map((amount) => {
    sum += amount;
    const part = share(sum, whole);
    const end = part >= 1 ? width : Math.min(width - 1, Math.round(part * width));
    const taken = Math.max(0, end - used);
    used += taken;
    return taken;
  });
}
