import pico from "picocolors";

import { shownValue, suggestion } from "../components/fields/mistakes";
import { PRESETS, type PresetName } from "../components/core/system";
import type { Bill, PresetBill } from "../planner/cost/bill";
import type { CostReport } from "../planner/plan";
import { clean, money } from "../planner/report/format";
import { layers } from "../planner/report/summary";
import { flow } from "../planner/report/terminal";
import { costLines } from "../planner/report/text-details";
import { InputError } from "../inputs/input-error";
import { readBook } from "../pricing/books";
import { presetCost, stackCost } from "../pricing/cost";
import { stackBook, stackSettings } from "../preview/plan";
import { PROJECT_FOLDER, stackFolder } from "../inputs/project";
import { readStackFile } from "../inputs/stack-file";
import { safeJson } from "./terminal";

export interface CostFlags {
  readonly stack: string;
  readonly configFile?: string;
  readonly preset?: string;
  readonly book?: string;
  readonly json?: boolean;
}

/** Where the bills of presets stand. */
const TIERS = "founding";

/**
 * The cost of a stack or of a preset, from settings alone.
 * @throws InputError
 */
export function costCommand(flags: CostFlags, { color, width }: { color: boolean; width: number }): string {
  const [of, cost] = flags.preset === undefined ? ofStack(flags) : ofPreset(flags.preset, flags.book);
  return flags.json === true ? safeJson(cost) : costText(of, cost, color, width);
}

function ofPreset(preset: string, book = TIERS): [string, PresetBill] {
  const known: readonly string[] = PRESETS;
  if (!known.includes(preset))
    throw new InputError([
      `--preset: given ${shownValue(preset)}; allowed: ${known.join(", ")}${suggestion(preset, known)}`,
    ]);
  const tiers = readBook(TIERS, PROJECT_FOLDER, "--book");
  return [`Preset ${preset}`, presetCost(preset as PresetName, readBook(book, process.cwd(), "--book"), tiers)];
}

function ofStack({ stack, configFile, book }: CostFlags): [string, CostReport] {
  const config = readStackFile(stackFolder(stack), stack, configFile);
  const settings = stackSettings(config);
  const prices = book === undefined ? stackBook(config, settings) : readBook(book, process.cwd(), "--book");
  return [stack, stackCost(settings, prices)];
}

/** The bill for a terminal: the sum, then lines, systems and what no pod uses. */
function costText(of: string, cost: Bill, color: boolean, columns: number): string {
  const colors = pico.createColors(color);
  const width = Math.max(60, columns);
  const { currency, monthly } = cost;
  const { terabytes = 0, users = 0 } = cost as Partial<PresetBill>;
  const each = (count: number, what: string) =>
    count === 0 ? [] : [{ text: `${(monthly / count).toFixed(2)} ${currency} per ${what}` }];
  const summary = [
    ...layers(cost).map((one) => ({ text: `${one.layer} ${money(one.monthly, currency)}` })),
    ...each(terabytes, "TB"),
    ...each(users, "user"),
  ];
  const lines = [
    colors.bold(`${clean(of)} costs ${money(monthly, currency)} a month`),
    "",
    ...flow(summary, " · ", 2, width).map((line) => `  ${line}`),
    "",
    ...costLines(cost, colors, width),
  ];
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}
