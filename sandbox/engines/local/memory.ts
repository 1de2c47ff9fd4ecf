import { availableParallelism, totalmem } from "node:os";

import type { StackConfig } from "../../../inputs/stack-file";
import { formatBytes, GiB, MiB, parseBytes } from "../../../components/core/quantity";
import { Refused } from "./refused";

/**
 * Heap of a worker that Trino's generator of TPC-H holds from the first row with a comment on, for ever: a text of 300 MiB, which
 * Trino counts for no query. The sample data come from it.
 */
export const GENERATOR = 304 * MiB;
/** Least bytes for all engines: Trino's share is then the stack's own size, and the generator's. */
export const LEAST = 5.5 * GiB;
/** Bytes of each engine after some work, without Trino, whose heaps follow from the sizes. */
const OTHERS = {
  "minio": 512 * MiB,
  "postgres": 256 * MiB,
  "metastore": 1024 * MiB,
  "rest-catalog": 512 * MiB,
} as const;
/** Bytes of the program that loads the sample data, once. */
const SPARK = 1280 * MiB;
const STEP = 64 * MiB;

/** Limits of Trino's two nodes in bytes, as the stack's settings have them: heaps and the limits of queries follow from them. */
export interface Sizes {
  readonly coordinator: number;
  readonly worker: number;
}

export interface Machine {
  /** Bytes of this machine, or the limit of its cgroup. */
  readonly memory: number;
  /** Available bytes. */
  readonly available: number;
}

export function thisMachine(): Machine {
  const bound = process.constrainedMemory();
  const memory = bound > 0 ? Math.min(bound, totalmem()) : totalmem();
  return { memory, available: process.availableMemory() };
}

/**
 * Bytes for all engines: the requested ones; otherwise half of the machine, and at most three quarters of the available memory, so
 * that a person can work beside them. Parts have theirs of it.
 * @returns what is left for the engines of every lakehouse, at least the least
 * @param parts bytes of the parts
 */
export function shareOf({ memory, available }: Machine, wanted?: number, parts = 0): number {
  return Math.max(LEAST, (wanted ?? Math.min(memory / 2, 0.75 * available)) - parts);
}

/** Coordinators plan and workers compute: the coordinator has three tenths of what the other engines leave, at most 4 GiB. */
export function sizesOf(share: number): Sizes {
  const trino = share - Object.values(OTHERS).reduce((sum, each) => sum + each, 0);
  const coordinator = floor(Math.min(Math.max(0.3 * trino, 1280 * MiB), 4 * GiB));
  return { coordinator, worker: floor(trino - coordinator) };
}

const floor = (bytes: number) => Math.floor(bytes / STEP) * STEP;

/** The stack's settings with these sizes, otherwise unchanged. */
export function sized(config: StackConfig, { coordinator, worker }: Sizes): StackConfig {
  const key = "lakehouse:query";
  const query = JSON.parse(config.values[key] ?? "{}") as { readonly trino?: Readonly<Record<string, object>> };
  const { trino = {} } = query;
  const values = {
    ...query,
    trino: {
      ...trino,
      coordinator: { cpu: 0.5, ...trino.coordinator, memory: formatBytes(coordinator) },
      // Trino counts its writers by cores.
      worker: { replicas: 1, ...trino.worker, cpu: availableParallelism(), memory: formatBytes(worker) },
    },
  };
  return { ...config, values: { ...config.values, [key]: JSON.stringify(values) } };
}

/** Bytes that the engines which do not run need. */
export function neededFor(names: readonly string[], { coordinator, worker }: Sizes, samples: boolean): number {
  const each: Readonly<Record<string, number>> = {
    ...OTHERS,
    "trino-coordinator": coordinator,
    "trino-worker": worker,
  };
  const needed = names.reduce((sum, name) => sum + (each[name] ?? 0), 0);
  // The samples are loaded before the other engines have grown, so that memory is part of theirs.
  return samples ? Math.max(needed, SPARK) : needed;
}

/** Value of `--memory`: bytes, or undefined to derive them from the machine. */
export function wantedMemory(text: string, { memory }: Machine): number | undefined {
  if (text === "auto") return undefined;
  const bytes = parseBytes(text);
  if (bytes === undefined || bytes < LEAST || bytes > memory) {
    throw new Refused(
      `--memory ${text}: allowed: auto, or from ${gib(LEAST)}Gi to the ${gib(memory)} GiB of this machine, such as 8Gi`,
    );
  }
  return bytes;
}

/** @throws Refused when the engines that do not run do not fit */
export function mustHaveRoom(needed: number, { available }: Machine, parts = 0): void {
  if (available >= needed) return;
  const fewer = parts === 0 ? "" : ` fewer parts by --with, which have ${gib(parts)} GiB of it,`;
  throw new Refused(
    `memory: ${gib(available)} GiB of this machine are available, ${gib(needed)} GiB are needed; ` +
      `allowed: a smaller --memory, at least ${gib(LEAST + parts)}Gi,${fewer} or ending something else`,
  );
}

export const gib = (bytes: number) => (bytes / GiB).toFixed(1);
