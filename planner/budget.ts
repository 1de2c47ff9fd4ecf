import type { CostReport, PolicyViolation } from "./plan";

export const BUDGET_POLICY = "plan-keep-budget";

/**
 * @param budget most that a stack may cost a month, in the currency of its prices
 * @returns a violation if the stack costs more, with the dearest lines
 */
export function judgeBudget({ monthly, currency, lines }: CostReport, budget: number | undefined): PolicyViolation[] {
  if (budget === undefined || monthly <= budget) return [];
  const amount = (of: number) => `${String(of)} ${currency}`;
  const dearest = lines
    .toSorted((one, other) => other.monthly - one.monthly)
    .slice(0, 3)
    .map(({ line, monthly: each }) => `${line} ${amount(each)}`);
  return [
    {
      policy: BUDGET_POLICY,
      level: "mandatory",
      resource: "stack",
      field: "lakehouse:prices.budget",
      message: `costs ${amount(monthly)} a month, ${amount(Math.round((monthly - budget) * 100) / 100)} above its budget of ${amount(budget)}; dearest: ${dearest.join(", ")}. Fix: fewer or smaller pods, or a larger budget.`,
    },
  ];
}
