import { by } from "../order";
import type { CostLine, CostReport, SystemCost } from "../plan";
import type { OwnedPods } from "./inputs";

/** Charges that are no system's pods. */
export const MACHINES = "machines";
export const OBJECTS = { system: "object storage", layer: "storage" } as const;

/** Sums of a bill. */
export type Sums = Pick<CostReport, "monthly" | "lines" | "systems" | "spare">;

/** Units at a price, and the system that they are for. */
export interface Charge extends Pick<OwnedPods, "system" | "layer"> {
  readonly units: number;
  /** Absent for a lump sum. */
  readonly unit?: string;
  readonly each: number;
}

/** The line of a bill: equal units once. */
export function lineOf(line: string, charges: readonly Charge[]): CostLine {
  const parts = new Map<string, { units: number; unit: string; each: number }>();
  for (const { units, unit, each } of charges) {
    if (unit === undefined || units === 0) continue;
    const key = JSON.stringify([unit, each]);
    parts.set(key, { units: units + (parts.get(key)?.units ?? 0), unit, each });
  }
  return { line, monthly: sum(charges), parts: [...parts.values()] };
}

/** What each system costs, the dearest first. */
export function systemsOf(charges: readonly Charge[]): SystemCost[] {
  const systems = new Map<string, Charge[]>();
  for (const each of charges) systems.set(each.system, [...(systems.get(each.system) ?? []), each]);
  return [...systems.values()]
    .map((all) => ({ system: all[0]!.system, layer: all[0]!.layer, monthly: sum(all) }))
    .filter(({ monthly }) => monthly > 0)
    .toSorted(
      by(
        ({ monthly }) => -monthly,
        ({ system }) => system,
      ),
    );
}

/** Lines without those of 0, and their sum. */
export function total(all: readonly CostLine[]): Pick<CostReport, "monthly" | "lines"> {
  const lines = all.filter(({ monthly }) => monthly > 0);
  return { monthly: cents(lines.reduce((whole, { monthly }) => whole + monthly, 0)), lines };
}

const sum = (charges: readonly Charge[]) => cents(charges.reduce((whole, { units, each }) => whole + units * each, 0));

/** Rounds to hundredths, because sums of floating-point amounts have more digits. */
export function cents(amount: number): number {
  return Math.round(amount * 100) / 100;
}
