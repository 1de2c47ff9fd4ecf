import * as pulumi from "@pulumi/pulumi";

import { Lakehouse } from "./components/lakehouse";
import type { CostOutput } from "./components/outputs";
import { type Settings, settingsFromConfig, SettingsError, settingsHints } from "./components/settings";
import { charts } from "./components/settings/licences";

/**
 * Settings of the stack → the lakehouse → stack outputs. The only place that reads Pulumi's configuration.
 * @param folder of the stack's file
 */
export = async (folder = process.cwd()) => {
  try {
    const source = `Pulumi.${pulumi.getStack()}.yaml`;
    const config = pulumi.runtime.allConfig();
    const settings = settingsFromConfig(config, source);
    for (const hint of settingsHints(config)) void pulumi.log.warn(hint);
    // The plan has no engine: it reads no chart, and needs no network.
    if (pulumi.runtime.hasEngine()) await chartSource().requireCharts(charts(settings));
    return new Lakehouse("lakehouse", { settings, cost: costOf(settings, folder) }).outputs;
  } catch (error) {
    throw shown(error);
  }
};

/** By the book of prices that the stack names: one of the project's, or a file beside the stack's. */
function costOf(settings: Settings, folder: string): CostOutput {
  const { readBook } = require("./pricing/books") as typeof import("./pricing/books");
  const { stackCost } = require("./pricing/cost") as typeof import("./pricing/cost");
  const { book, currency, monthly, systems } = stackCost(
    settings,
    readBook(settings.prices.book, folder, "lakehouse:prices.book"),
  );
  return {
    book,
    currency,
    monthly,
    systems: Object.fromEntries(systems.map(({ system, monthly: each }) => [system, each])),
  };
}

const chartSource = () => require("./components/core/chart-source") as typeof import("./components/core/chart-source");

/**
 * Bad input is shown by the engine as it is, without a stack trace: it is about the settings, not about the program. And it has none: the SDK
 * prints each error for its own tracing as well, which takes Node ten seconds where the stack names packages.
 */
function shown(error: unknown): unknown {
  if (!(error instanceof SettingsError || (error instanceof Error && error.name === "InputError"))) return error;
  return Object.assign(new pulumi.RunError(error.message), { stack: error.message });
}
