import { ALLOWED, type Allowed, type Kind } from "./allowed";
import type { Format } from "./formats";

export interface Change {
  readonly file: string;
  readonly key: string;
  readonly kind: Kind;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly why: string;
}

/** Changes rendered files within the list of allowed changes, and records the changes. */
export class Changes {
  private readonly made = new Map<string, Change>();

  constructor(private readonly allowed: readonly Allowed[] = ALLOWED) {}

  /** Changes one value of a file. @throws Error for a change that the list does not have, or that is of another kind */
  set(file: string, text: string, format: Format, key: string, to: string | undefined): string {
    const from = format.get(text, key);
    if (from === to) return text;
    this.value(file, key, from, to);
    return format.set(text, key, to);
  }

  /** Changes a value that is not in a file, such as an argument or a variable. */
  value<T extends string | undefined>(file: string, key: string, from: string | undefined, to: T): T {
    if (from === to) return to;
    const rule = this.allowed.find((each) => each.file.test(file) && each.key.test(key));
    const tried = `${file}: ${key} from ${from ?? "nothing"} to ${to ?? "nothing"}`;
    if (rule === undefined) throw new Error(`${tried}: this is not in the list of allowed changes`);
    if (!KEEPS[rule.kind](from, to)) throw new Error(`${tried}: the list allows a change of kind "${rule.kind}" only`);
    this.made.set(`${file} ${key}`, { file, key, kind: rule.kind, from, to, why: rule.why });
    return to;
  }

  /** Each change once, in the order of the files. */
  get list(): readonly Change[] {
    return [...this.made.values()].toSorted((one, other) => (one.file + one.key < other.file + other.key ? -1 : 1));
  }
}

const PLACE = /(?<![\w.-])(?:[\w-]+(?:\.[\w-]+)+|localhost)(?::\d+)?|^\d+$/g;
const HASH = /^[^:]+:\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/;
const PATH = /^\/[^\s]*$/;

/** Condition on the values for each kind of change. */
const KEEPS: Readonly<Record<Kind, (from: string | undefined, to: string | undefined) => boolean>> = {
  "endpoint": (from, to) => from !== undefined && from.replace(PLACE, "@") === to?.replace(PLACE, "@"),
  "port": (from, to) => /(^|:)\d+$/.test(from ?? "") && /^([\d.]+:)?\d+$/.test(to ?? ""),
  "path": (from, to) => PATH.test(from ?? "") && PATH.test(to ?? ""),
  // A list must keep its elements at its head.
  "added": (from, to) => to !== undefined && (from === undefined || isHead(from, to)),
  "left out": (from, to) => from !== undefined && to === undefined,
  "shorter": (from, to) => seconds(from) > seconds(to) && seconds(to) > 0,
  "smaller": (from, to) => megabytes(from) > megabytes(to) && megabytes(to) > 0,
  // `user:password` and `user:hash`.
  "hashed": (from = "", to = "") => HASH.test(to) && from.split(":")[0] === to.split(":")[0],
  "larger": (from, to) => megabytes(from) < megabytes(to),
};

/** Number of a Trino data size, such as `368MB`. */
const megabytes = (text = "") => Number(/^(\d+)MB$/.exec(text)?.[1]);

/** Seconds of a Prometheus duration, such as `5m`. */
function seconds(text = ""): number {
  const [, count, unit = ""] = /^(\d+)([smhd])$/.exec(text) ?? [];
  return Number(count) * ({ s: 1, m: 60, h: 3600, d: 86_400 }[unit] ?? NaN);
}

function isHead(from: string, to: string): boolean {
  if (!from.startsWith("[") || !to.startsWith("[")) return false;
  const [before, after] = [JSON.parse(from) as unknown[], JSON.parse(to) as unknown[]];
  return JSON.stringify(after.slice(0, before.length)) === JSON.stringify(before);
}
