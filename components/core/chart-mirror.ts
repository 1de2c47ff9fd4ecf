import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";

import { PROJECT } from "./project";
import { inputError, type Lock, lockFileText, type LockKind, readIfThere, readLockFile } from "./lock-file";
import type { Chart } from "./pins";

/**
 * The local mirror of charts: archives in `charts/`, which is not committed, and their sums in `charts.lock.json`, which is. Both are made by
 * `lakehouse charts --mirror`. A chart that is not mirrored is read from its repository, by each preview too.
 */
export interface Mirror {
  readonly folder: string;
  readonly lockFile: string;
}

export const MIRROR: Mirror = { folder: join(PROJECT, "charts"), lockFile: join(PROJECT, "charts.lock.json") };

const KIND: LockKind = {
  key: "charts",
  value: /^[0-9a-f]{64}$/,
  entry: '"<chart>-<version>.tgz": "<64 hexadecimal digits>"',
};

/** The name that Helm gives a packed chart. */
export const archiveName = ({ chart, version }: Chart) => `${chart}-${version}.tgz`;

export const sha256 = (content: Buffer) => createHash("sha256").update(content).digest("hex");

/** SHA-256 sums in hexadecimal digits, by the archive's name. @throws InputError when the file is there and is no lock */
export const readChartLock = ({ lockFile }: Mirror): Lock => readLockFile(lockFile, KIND);

export const chartLockText = (lock: Lock): string => lockFileText(KIND, lock);

/** Sums by the archive's path, each with the state of the file (stat) that it belongs to. */
const sums = new Map<string, { readonly state: string; readonly sum: string }>();

/**
 * SHA-256 of a file; undefined without one. An unchanged file is read once, although the check before a preview and each release
 * ask for it.
 */
function sumOf(file: string): string | undefined {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  const state = [stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join();
  const known = sums.get(file);
  if (known?.state === state) return known.sum;
  const content = readIfThere(file);
  if (content === undefined) return undefined;
  const sum = sha256(content);
  sums.set(file, { state, sum });
  return sum;
}

/**
 * Whether the mirror has a chart.
 * @throws InputError for an archive that has another sum than the locked one: it is neither used nor ignored
 */
export function isMirrored(pin: Chart, mirror: Mirror): boolean {
  const name = archiveName(pin);
  const sum = sumOf(join(mirror.folder, name));
  if (sum === undefined) return false;
  const wanted = readChartLock(mirror)[name];
  if (sum === wanted) return true;
  const expected = wanted === undefined ? "charts.lock.json has no sum for it" : `charts.lock.json says ${wanted}`;
  throw inputError(
    `charts/${name}: SHA-256 ${sum}, but ${expected}; remove the file and run npx lakehouse charts --mirror`,
  );
}
