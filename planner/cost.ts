import type { PodGroup } from "../components/core/pod-group";
import type { CostLine, CostReport } from "./plan";
import { founding, type PodsOf, type Price, type PriceBook } from "./prices";

export interface CostInputs {
  /** TB (10^12 bytes) kept in object storage. */
  readonly objectStorageTb: number;
  /** USD a month for the machines, where they are paid for. @default 0: they are one's own */
  readonly kubernetesMonthly?: number;
  /** `monthly` of the last plan of this stack. */
  readonly previousMonthly?: number;
}

/**
 * What a stack costs a month by a price book, with one line for each thing that costs anything, in the book's order.
 * Elastic pods are charged at their greatest number; pods that are somebody else's are not charged.
 */
export function cost(groups: readonly PodGroup[], inputs: CostInputs, book: PriceBook = founding): CostReport {
  const ours = groups.filter((group) => group.origin === "deployed");
  const lines = book.prices.flatMap((price) => costLine(price, ours, inputs));
  return {
    currency: book.currency,
    book: book.name,
    monthly: cents(lines.reduce((sum, line) => sum + line.monthly, 0)),
    ...(inputs.previousMonthly !== undefined && { previousMonthly: inputs.previousMonthly }),
    lines,
  };
}

function costLine(
  { line, usdPerMonth, unit, charge }: Price,
  groups: readonly PodGroup[],
  inputs: CostInputs,
): CostLine[] {
  if (charge.per === "stack")
    return inputs.kubernetesMonthly ? [{ line, monthly: cents(inputs.kubernetesMonthly) }] : [];
  const units =
    charge.per === "terabyte"
      ? inputs.objectStorageTb
      : charge.per === "pod"
        ? podsOf(groups, charge.of)
        : servicesOf(groups, charge.of);
  return units === 0 ? [] : [{ line, monthly: cents(units * usdPerMonth), units, unit, each: usdPerMonth }];
}

function podsOf(groups: readonly PodGroup[], of: readonly PodsOf[]): number {
  return matching(groups, of).reduce((sum, group) => sum + group.replicas, 0);
}

/** A service of one name in two namespaces runs twice. */
function servicesOf(groups: readonly PodGroup[], of: readonly PodsOf[]): number {
  const running = matching(groups, of).filter((group) => group.replicas > 0);
  return new Set(running.map((group) => `${group.namespace}/${group.service}`)).size;
}

function matching(groups: readonly PodGroup[], of: readonly PodsOf[]): PodGroup[] {
  return groups.filter(({ service, role }) =>
    of.some((one) => one.service === service && (one.roles === undefined || one.roles.includes(role))),
  );
}

/** Bills end at cents; sums of 0.4 USD would not. */
function cents(usd: number): number {
  return Math.round(usd * 100) / 100;
}
