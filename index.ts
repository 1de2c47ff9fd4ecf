import * as pulumi from "@pulumi/pulumi";

import { Lakehouse } from "./components/lakehouse";
import type { Platform } from "./components/core/platform";
import type { CostOutput } from "./components/outputs";
import { type Settings, settingsFromConfig, SettingsError, settingsHints } from "./components/settings";
import { charts } from "./components/settings/licences";
import type { PriceBook } from "./planner/prices";

/**
 * Settings of the stack → the lakehouse → stack outputs. The only place that reads Pulumi's configuration.
 * @param prices the stack's book, where it has been read already; otherwise one of the project's, or a file in Pulumi's folder
 */
export = async (prices?: PriceBook) => {
  try {
    const source = `Pulumi.${pulumi.getStack()}.yaml`;
    const config = pulumi.runtime.allConfig();
    const settings = settingsFromConfig(config, source);
    for (const hint of settingsHints(config)) void pulumi.log.warn(hint);
    // The plan has no engine: it reads no chart, and needs no network.
    if (pulumi.runtime.hasEngine()) await chartSource().requireCharts(charts(settings));
    // A mistake in the book is told before anything is registered.
    const book = prices ?? pricing().readBook(settings.prices.book, process.cwd(), "lakehouse:prices.book");
    return new Lakehouse("lakehouse", { settings, cost: (platform) => costOf(settings, platform, book) }).outputs;
  } catch (error) {
    throw shown(error);
  }
};

function costOf(settings: Settings, platform: Platform, prices: PriceBook): CostOutput {
  const { stackCost } = require("./pricing/cost") as typeof import("./pricing/cost");
  const { book, currency, monthly, systems } = stackCost(settings, prices, platform);
  return {
    book,
    currency,
    monthly,
    systems: Object.fromEntries(systems.map(({ system, monthly: each }) => [system, each])),
  };
}

const pricing = () => require("./pricing/books") as typeof import("./pricing/books");
const chartSource = () => require("./components/core/chart-source") as typeof import("./components/core/chart-source");

/**
 * Bad input is shown by the engine as it is, without a stack trace: it is about the settings, not about the program. And it has none: the SDK
 * prints each error for its own tracing as well, which takes Node ten seconds where the stack names packages.
 */
function shown(error: unknown): unknown {
  if (!(error instanceof SettingsError || (error instanceof Error && error.name === "InputError"))) return error;
  return Object.assign(new pulumi.RunError(error.message), { stack: error.message });
}
