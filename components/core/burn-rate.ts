import type { Alert, AlertTest, Panel, Recorded } from "./monitoring";

/**
 * Alerts on an error budget by several windows and burn rates (Google's "The Site Reliability Workbook", chapter 5): a long window says that
 * it matters, a short one that it goes on. Pure.
 */

export interface Objective {
  /** Beginning of the alerts' names, in CamelCase. */
  readonly name: string;
  /** Share of what must succeed: 0.999. */
  readonly target: number;
  /** What is promised, for the summaries: "the metastore answers 99.9 % of the time". */
  readonly promise: string;
  /** PromQL of the share of failures within a window: one series, or none where nothing happened. */
  readonly failures: (window: string) => string;
  /** Series that must raise the fast alert, and the slow one. */
  readonly tests: { readonly fast: AlertTest; readonly slow: AlertTest };
}

interface Rate {
  readonly long: string;
  readonly short: string;
  /** How many times too fast the budget of 30 days is used. */
  readonly factor: number;
}

/** 2 % of a month's budget in an hour, or 5 % in six: somebody is woken. */
const FAST: readonly Rate[] = [
  { long: "1h", short: "5m", factor: 14.4 },
  { long: "6h", short: "30m", factor: 6 },
];
/** 10 % in a day, or in three: somebody looks at it in the daytime. */
const SLOW: readonly Rate[] = [
  { long: "1d", short: "2h", factor: 3 },
  { long: "3d", short: "6h", factor: 1 },
];

export function burnAlerts({ name, target, promise, failures, tests }: Objective): Alert[] {
  const burns = (rates: readonly Rate[]) =>
    rates
      .map(({ long, short, factor }) => {
        const most = limit(target, factor);
        return `(${failures(long)} > ${most} and ${failures(short)} > ${most})`;
      })
      .join(" or ");
  return [
    {
      name: `${name}BudgetBurnsFast`,
      expr: burns(FAST),
      for: "2m",
      severity: "critical",
      summary: `The promise that ${promise} is being broken: at this rate a month's error budget is gone within days.`,
      test: tests.fast,
    },
    {
      name: `${name}BudgetBurnsSlowly`,
      expr: burns(SLOW),
      for: "15m",
      severity: "warning",
      summary: `The promise that ${promise} will not be kept this month if it goes on like this.`,
      test: tests.slow,
    },
  ];
}

/** 1 is the rate at which a month's budget lasts for a month. */
export const burnPanel = ({ target, promise, failures }: Objective): Panel => ({
  title: `Burn rate of the budget: ${promise}`,
  expr: `${failures("1h")} / ${limit(target, 1)}`,
  legend: "times the budget, over an hour",
  unit: "short",
});

/** Without the noise of binary fractions. */
const limit = (target: number, factor: number): string => String(Number(((1 - target) * factor).toPrecision(6)));

/** Share of a window in which a record, 0 or 1, was 0. */
export const timeWithout = ({ name }: Recorded) => {
  return (window: string): string => `(1 - avg_over_time(${name}[${window}]))`;
};

/** A condition from when its series have been there for a while: what has just begun has broken no promise. */
export const afterBeginning = (condition: string, series: string, time: string): string =>
  `(${condition}) and on () (count(${series} offset ${time}) > 0)`;
