/** Kubernetes and JVM quantities as numbers: memory in bytes, cpu in cores. */

import type { Field } from "./field";

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  "m": 1e-3,
  "k": 1e3,
  "M": 1e6,
  "G": 1e9,
  "T": 1e12,
  "P": 1e15,
  "Ki": 2 ** 10,
  "Mi": 2 ** 20,
  "Gi": 2 ** 30,
  "Ti": 2 ** 40,
  "Pi": 2 ** 50,
};

export const MiB = 2 ** 20;
export const GiB = 2 ** 30;

/** A Kubernetes quantity such as `24Gi`, `500m`, `1e3` or `2` in bytes or cores; undefined for any other value. */
export function parseQuantity(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  const match = typeof value === "string" ? /^(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(value.trim()) : null;
  const unit = UNITS[match?.[2] ?? "?"];
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
}

/** A memory size of Spark such as `5734m` or `4g` in bytes: units are binary in either case, and a bare number is in MiB. */
export function parseJvmMemory(value: unknown): number | undefined {
  const match = /^(\d+)([kmgt])?(?:i?b)?$/i.exec(String(value).trim());
  if (match === null) return undefined;
  const power = ["k", "m", "g", "t"].indexOf((match[2] ?? "m").toLowerCase()) + 1;
  return Number(match[1]) * 1024 ** power;
}

/** A quantity and where it was written. `amount` is missing when the field is absent, unknown or not a quantity. */
export interface Quantity {
  readonly amount: number | undefined;
  readonly field: Field;
}

export function quantity(field: Field): Quantity {
  return { amount: parseQuantity(field.value), field };
}

export interface Resources {
  readonly cpu: number;
  readonly memory: number;
}

export type ResourceName = keyof Resources;
export const RESOURCE_NAMES: readonly ResourceName[] = ["cpu", "memory"];

/** 26843545600 → `25 Gi`, 0.25 → `0.25 cores`. */
export function show(amount: number, of: ResourceName): string {
  if (of === "cpu") return `${round(amount)} ${round(amount) === "1" ? "core" : "cores"}`;
  return amount >= GiB ? `${round(amount / GiB)} Gi` : `${round(amount / MiB)} Mi`;
}

function round(amount: number): string {
  return String(Math.round(amount * 100) / 100);
}
