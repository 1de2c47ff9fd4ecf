/** Kubernetes quantities as numbers: memory and disk in bytes, cpu in cores. Everything is computed in these units. */

const BINARY = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50 } as const;
type BinaryUnit = keyof typeof BINARY;

export const MiB = BINARY.Mi;
export const GiB = BINARY.Gi;
export const TiB = BINARY.Ti;

const BYTES = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi|Ti|Pi)$/;
const CORES = /^(\d+(?:\.\d+)?)(m?)$/;

/** What a byte quantity must look like; a bare number is refused, because nobody can tell what it counts. */
export const BYTES_FORM = "a number with a unit of Ki, Mi, Gi, Ti or Pi, such as 24Gi";
export const CORES_FORM = "cores such as 2, 0.5 or 500m";

/**
 * Bytes of a quantity such as `24Gi`; undefined when it is not one. Decimal units (`G`) are refused: GB in the founding documents
 * means Gi.
 */
export function parseBytes(text: string): number | undefined {
  const match = BYTES.exec(text);
  return match ? Math.round(Number(match[1]) * BINARY[match[2] as BinaryUnit]) : undefined;
}

/** Cores of a quantity such as `2`, `0.5` or `500m`; undefined when it is not one. */
export function parseCores(text: string): number | undefined {
  const match = CORES.exec(text);
  return match ? Number(match[1]) / (match[2] === "m" ? 1000 : 1) : undefined;
}

/** Bytes as the largest binary unit that divides them: 25769803776 → `24Gi`. Kubernetes reads it back exactly. */
export function formatBytes(bytes: number): string {
  for (const unit of ["Pi", "Ti", "Gi", "Mi", "Ki"] as const) {
    if (bytes >= BINARY[unit] && bytes % BINARY[unit] === 0) return `${String(bytes / BINARY[unit])}${unit}`;
  }
  return String(bytes);
}

/** Cores as Kubernetes writes them: 2 → `2`, 0.5 → `500m`. */
export function formatCores(cores: number): string {
  const milli = Math.round(cores * 1000);
  return milli % 1000 === 0 ? String(milli / 1000) : `${String(milli)}m`;
}
