import { createHash } from "node:crypto";
import { join } from "node:path";

import { inputError, type Lock, lockFileText, type LockKind, readIfThere, readLockFile } from "./lock-file";
import type { ChartPin } from "./versions";

/**
 * The local mirror of charts: archives in `charts/`, which is not committed, and their sums in `charts.lock.json`, which is. Both are made by
 * `lakehouse charts --mirror`. A chart that is not mirrored is read from its repository, by each preview too.
 */
export interface Mirror {
  readonly folder: string;
  readonly lockFile: string;
}

const ROOT = join(__dirname, "..", "..");
export const MIRROR: Mirror = { folder: join(ROOT, "charts"), lockFile: join(ROOT, "charts.lock.json") };

const KIND: LockKind = {
  key: "charts",
  value: /^[0-9a-f]{64}$/,
  entry: '"<chart>-<version>.tgz": "<64 hexadecimal digits>"',
};

/** The name that Helm gives a packed chart. */
export const archiveName = ({ chart, version }: ChartPin) => `${chart}-${version}.tgz`;

export const sha256 = (content: Buffer) => createHash("sha256").update(content).digest("hex");

/** SHA-256 sums in hexadecimal digits, by the archive's name. @throws InputError when the file is there and is no lock */
export const readChartLock = ({ lockFile }: Mirror): Lock => readLockFile(lockFile, KIND);

export const chartLockText = (lock: Lock): string => lockFileText(KIND, lock);

/**
 * Whether the mirror has a chart.
 * @throws InputError for an archive that is not the locked one: it is never used, and never passed over in silence
 */
export function isMirrored(pin: ChartPin, mirror: Mirror): boolean {
  const name = archiveName(pin);
  const content = readIfThere(join(mirror.folder, name));
  if (content === undefined) return false;
  const wanted = readChartLock(mirror)[name];
  const sum = sha256(content);
  if (sum === wanted) return true;
  const expected = wanted === undefined ? "charts.lock.json has no sum for it" : `charts.lock.json says ${wanted}`;
  throw inputError(
    `charts/${name}: SHA-256 ${sum}, but ${expected}; remove the file and run npx lakehouse charts --mirror`,
  );
}
