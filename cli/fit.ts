import pico from "picocolors";

import { fit } from "../fitting/fit";
import { fitText, needText } from "../fitting/fit-text";
import { draftFor } from "../fitting/init";
import { needed } from "../fitting/needed";
import { parseNeed, sizesFor } from "../fitting/need";
import { rawSettings, SettingsError } from "../components/settings";
import type { Fragment } from "../components/settings/presets";
import { InputError } from "../inputs/input-error";
import { stackSettings } from "../preview/plan";
import { stackFolder } from "../inputs/project";
import { readStackFile } from "../inputs/stack-file";
import { clusterOf, type InitOptions } from "./init";

export interface FitOptions extends InitOptions {
  readonly stack?: string;
  readonly configFile?: string;
  /** `events=1M/s,stored=5PB,users=50k,scan=10TB` */
  readonly need?: string;
  readonly json?: boolean;
}

export interface FitView {
  readonly color: boolean;
  readonly width: number;
}

/**
 * `lakehouse fit`: what given machines hold, or sizes for a need and the machines that they take.
 * @returns text, and whether what was asked for fits
 * @throws InputError
 */
export async function fitCommand(
  options: FitOptions,
  view: FitView,
): Promise<{ readonly text: string; readonly fits: boolean }> {
  const { stack = options.nodes === undefined && options.fromCluster === undefined ? "homelab" : undefined } = options;
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  const colors = pico.createColors(view.color);
  try {
    const fragment =
      stack === undefined ? draftFor(options, await clusterOf(options)) : readFragment(stack, options.configFile);
    const name = stack ?? "a stack of these machines";
    if (options.need === undefined) {
      const found = fit(fragment);
      return {
        text: options.json === true ? json(found) : fitText(name, found, colors, view.width),
        fits: found.unplaced === 0,
      };
    }
    const { preset, sized } = sizesFor(parseNeed(options.need));
    const found = needed(fragment, preset, sized);
    const text = options.json === true ? json(found) : needText(name, found, colors, view.width);
    return { text, fits: found.unplaced === 0 };
  } catch (error) {
    if (error instanceof SettingsError) throw new InputError(error.lines);
    throw error;
  }
}

function readFragment(stack: string, configFile: string | undefined): Fragment {
  const config = readStackFile(stackFolder(stack), stack, configFile);
  stackSettings(config);
  return rawSettings(config.values);
}
