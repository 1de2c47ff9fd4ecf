import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import {
  archiveName,
  CHART_FOLDER,
  CHART_LOCK_FILE,
  chartLockText,
  isMirrored,
  readChartLock,
  sha256,
} from "../components/core/chart-mirror";
import { type ChartPin, charts } from "../components/core/versions";
import { fetchChart, type SourceOptions } from "./chart-source";

export interface ChartsOptions extends SourceOptions {
  readonly pins?: readonly ChartPin[];
  readonly folder?: string;
  readonly lockFile?: string;
}

/** What the command prints, and whether every chart is in the mirror. */
export interface Mirrored {
  readonly text: string;
  readonly complete: boolean;
}

/**
 * `lakehouse charts`: which charts are in the mirror. With `mirror` it fetches the missing ones; one whose sum is locked must have that sum.
 * Nothing is written for a chart that cannot be had.
 */
export async function chartsCommand(mirror: boolean, options: ChartsOptions = {}): Promise<Mirrored> {
  const { pins = Object.values<ChartPin>(charts), folder = CHART_FOLDER, lockFile = CHART_LOCK_FILE } = options;
  let lock = readChartLock(lockFile);
  const lines: string[] = [];
  let complete = true;
  for (const pin of pins) {
    const name = archiveName(pin);
    try {
      if (isMirrored(pin, folder, lock)) lines.push(`${name}: in charts/`);
      else if (mirror) {
        const content = await fetched(pin, lock[name], options);
        lock = { ...lock, [name]: content.sum };
        mkdirSync(folder, { recursive: true });
        write(join(folder, name), content.bytes);
        write(lockFile, chartLockText(lock));
        lines.push(`${name}: fetched from ${pin.repository}`);
      } else {
        complete = false;
        lines.push(
          `${name}: not in charts/, so previews read ${pin.repository}; npx lakehouse charts --mirror fetches it`,
        );
      }
    } catch (error) {
      complete = false;
      lines.push(`${name}: ${(error as Error).message}`);
    }
  }
  return { text: `${lines.join("\n")}\n`, complete };
}

async function fetched(
  pin: ChartPin,
  locked: string | undefined,
  options: SourceOptions,
): Promise<{ readonly bytes: Buffer; readonly sum: string }> {
  const bytes = await fetchChart(pin, options).catch((error: unknown) => {
    const name = archiveName(pin);
    throw new Error(
      `${pin.repository} cannot give it: ${(error as Error).message}; put ${name} into charts/ and its SHA-256 into charts.lock.json`,
    );
  });
  const sum = sha256(bytes);
  if (locked !== undefined && locked !== sum)
    throw new Error(`${pin.repository} has another file now: SHA-256 ${sum}, but charts.lock.json says ${locked}`);
  return { bytes, sum };
}

/** Whole or not at all. */
function write(file: string, content: Buffer | string): void {
  writeFileSync(`${file}.new`, content);
  renameSync(`${file}.new`, file);
}
