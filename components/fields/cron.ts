import { z } from "zod";

/**
 * Schedules as Kubernetes, CloudNativePG and the Spark operator read them: the five fields of github.com/robfig/cron, which has
 * neither 7 for Sunday nor Quartz' L, W and #.
 */

interface Field {
  readonly least: number;
  readonly most: number;
  /** Words for numbers, the first for `least`. */
  readonly words?: readonly string[];
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const LONGEST_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const FIELDS: readonly [Field, Field, Field, Field, Field] = [
  { least: 0, most: 59 },
  { least: 0, most: 23 },
  { least: 1, most: 31 },
  { least: 1, most: 12, words: MONTHS },
  { least: 0, most: 6, words: DAYS },
];

/** Whether a text is a schedule that is due at some time. */
export function isSchedule(text: string): boolean {
  const parts = text.split(/\s+/);
  if (parts.length !== FIELDS.length) return false;
  const values = FIELDS.map((field, index) => valuesOf(parts[index] ?? "", field));
  if (values.some((each) => each === undefined)) return false;
  const [, , days = [], months = []] = values;
  // A day of the week comes in every month; the 30th of February never does.
  const anyWeekday = /^[*?]/.test(parts[4] ?? "");
  return !anyWeekday || months.some((month) => days.some((day) => day <= (LONGEST_MONTH[month - 1] ?? 0)));
}

/** The numbers that a field stands for; undefined when it is invalid. */
function valuesOf(text: string, field: Field): number[] | undefined {
  const parts = text.split(",").map((part) => rangeOf(part, field));
  return parts.some((part) => part === undefined) ? undefined : parts.flatMap((part) => part ?? []);
}

function rangeOf(text: string, { least, most, words = [] }: Field): number[] | undefined {
  const [, all, from = "", to, every] = /^(?:([*?])|(\w+)(?:-(\w+))?)(?:\/(\d{1,2}))?$/.exec(text) ?? [];
  const number = (word: string): number => {
    const index = words.indexOf(word.toLowerCase());
    return index >= 0 ? index + least : /^\d{1,2}$/.test(word) ? Number(word) : NaN;
  };
  const first = all === undefined ? number(from) : least;
  const single = all === undefined && to === undefined && every === undefined;
  const last = to === undefined ? (single ? first : most) : number(to);
  const step = every === undefined ? 1 : Number(every);
  if (!(first >= least && last <= most && first <= last && step > 0)) return undefined;
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);
}

const CRON = "a cron schedule of five fields (minute, hour, day, month, weekday 0-6) such as '30 2 * * *'";

export const schedule = z
  .string({ error: CRON })
  .regex(/^(\S+\s+){4}\S+$/, { error: CRON, abort: true })
  .refine(isSchedule, { error: CRON });
