import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { ChartPin } from "./versions";

/**
 * The local mirror of charts: archives in `charts/`, which is not committed, and their sums in `charts.lock.json`, which is. Both are made by
 * `lakehouse charts --mirror`. A chart that is not mirrored is read from its repository, by each preview too.
 */

const ROOT = join(__dirname, "..", "..");
export const CHART_FOLDER = join(ROOT, "charts");
export const CHART_LOCK_FILE = join(ROOT, "charts.lock.json");

/** SHA-256 sums in hexadecimal digits, by the archive's name. */
export type ChartLock = Readonly<Record<string, string>>;

/** The name that Helm gives a packed chart. */
export const archiveName = ({ chart, version }: ChartPin) => `${chart}-${version}.tgz`;

export const sha256 = (content: Buffer) => createHash("sha256").update(content).digest("hex");

/** Nothing is locked where there is no file. @throws Error when the file is there and is no lock */
export function readChartLock(file: string): ChartLock {
  const text = read(file)?.toString("utf8");
  if (text === undefined) return {};
  const { charts } = JSON.parse(text) as { readonly charts?: unknown };
  const wrong = Object.entries((charts ?? { charts }) as object).filter(
    ([, sum]) => !/^[0-9a-f]{64}$/.test(String(sum)),
  );
  if (wrong.length > 0)
    throw new Error(
      `${file} is not a lock of charts: ${wrong.map(([name]) => name).join(", ")}; allowed: { "charts": { "<chart>-<version>.tgz": "<64 hexadecimal digits>" } }, as lakehouse charts --mirror writes it`,
    );
  return charts as ChartLock;
}

export function chartLockText(lock: ChartLock): string {
  const charts = Object.fromEntries(Object.entries(lock).sort(([one], [other]) => (one < other ? -1 : 1)));
  return `${JSON.stringify({ charts }, null, 2)}\n`;
}

/**
 * Whether the mirror has a chart.
 * @throws Error for an archive that is not the locked one: it is never used, and never passed over in silence
 */
export function isMirrored(pin: ChartPin, folder: string, lock: ChartLock): boolean {
  const name = archiveName(pin);
  const content = read(join(folder, name));
  if (content === undefined) return false;
  const wanted = lock[name];
  const sum = sha256(content);
  if (sum === wanted) return true;
  const expected = wanted === undefined ? "charts.lock.json has no sum for it" : `charts.lock.json says ${wanted}`;
  throw new Error(
    `charts/${name}: SHA-256 ${sum}, but ${expected}; remove the file and run npx lakehouse charts --mirror`,
  );
}

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
