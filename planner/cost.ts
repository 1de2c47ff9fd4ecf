import type { CostInputs, OwnedPods } from "./cost/inputs";
import { byResource } from "./cost/resources";
import { bySystem } from "./cost/systems";
import type { CostReport } from "./plan";
import { type PriceBook, ratesOf } from "./prices";

export type { CostInputs, OwnedPods } from "./cost/inputs";

/**
 * The cost of a stack a month by a book of prices, without lines of 0. Elastic pods are charged at their greatest number. By prices of
 * systems, existing pods of others cost nothing; by prices of resources, they are part of `spare.reserved`.
 */
export function cost(pods: readonly OwnedPods[], inputs: CostInputs, book: PriceBook): CostReport {
  const rates = ratesOf(book);
  const lasting = pods.filter(({ group }) => group.lifetime !== "once");
  const { previous } = inputs;
  return {
    currency: book.currency,
    book: book.name,
    source: book.source,
    date: book.date,
    ...(rates === undefined ? bySystem(lasting, inputs, book) : byResource(lasting, inputs, rates)),
    // Amounts by other prices say nothing about the change.
    ...(previous?.book === book.name && previous.currency === book.currency && { previousMonthly: previous.monthly }),
  };
}
