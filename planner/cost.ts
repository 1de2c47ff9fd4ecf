import type { PodGroup } from "../components/core/pod-group";
import type { CostLine, CostReport } from "./plan";
import { founding, type PodsOf, type Price, type PriceBook } from "./prices";

export interface CostInputs {
  /** TB (10^12 bytes) kept in object storage. */
  readonly objectStorageTb: number;
  /** USD a month for rented machines. @default 0 */
  readonly kubernetesMonthly?: number;
  /** `monthly` of the last plan of this stack, in USD. */
  readonly previousMonthly?: number;
}

/**
 * The cost of a stack a month by a price book, in the book's order and without lines of 0 USD. Elastic pods are charged at their
 * greatest number, existing pods of others not at all.
 */
export function cost(groups: readonly PodGroup[], inputs: CostInputs, book: PriceBook = founding): CostReport {
  const deployed = groups.filter((group) => group.origin === "deployed");
  const lines = book.prices.flatMap((price) => costLine(price, deployed, inputs));
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

/** Number of services that run. The same name in two namespaces counts twice. */
function servicesOf(groups: readonly PodGroup[], of: readonly PodsOf[]): number {
  const running = matching(groups, of).filter((group) => group.replicas > 0);
  return new Set(running.map((group) => `${group.namespace}/${group.service}`)).size;
}

function matching(groups: readonly PodGroup[], of: readonly PodsOf[]): PodGroup[] {
  return groups.filter(({ service, role }) =>
    of.some((one) => one.service === service && (one.roles === undefined || one.roles.includes(role))),
  );
}

/** Rounds to cents, because sums of floating-point USD have more digits. */
function cents(usd: number): number {
  return Math.round(usd * 100) / 100;
}
