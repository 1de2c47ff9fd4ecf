import { GiB, MiB } from "../../core/quantity";
import type { Role } from "./pods";

/** How the memory of one pod is divided, as a pure function of its size. */

export interface DruidMemory {
  /** Bytes. */
  readonly heap: number;
  /** Everything outside of the heap that Druid allocates itself: buffers of queries, clients of HTTP. In bytes. */
  readonly direct: number;
  /** Threads that work on queries, and the buffers that join what they found. */
  readonly threads: number;
  readonly mergeBuffers: number;
  /** Bytes of each buffer. Undefined for who answers no queries. */
  readonly buffer: number | undefined;
}

/** Classes, compiled code, stacks and the collector's own tables. */
const outside = (limit: number) => Math.max(0.15 * limit, 256 * MiB);
/** Clients of HTTP and of the object store. */
const CLIENTS = 64 * MiB;
const LEAST_BUFFER = 16 * MiB;
/** More per buffer makes no query faster. */
const MOST_BUFFER = 500 * MiB;
/** Beyond it references take twice the room. */
const MOST_HEAP = 31 * GiB;

/** Of what the JVM leaves: the share of buffers, and that of the heap where the rest is for files. */
const SHARES: Readonly<Record<Role, { readonly buffers: number; readonly heap: number }>> = {
  coordinator: { buffers: 0, heap: 1 },
  router: { buffers: 0, heap: 1 },
  broker: { buffers: 0.25, heap: 1 },
  // Segments are read through the page cache, which counts as the pod's memory.
  historical: { buffers: 0.35, heap: 0.4 },
  // Tasks are threads of the indexer: their heap is in here.
  indexer: { buffers: 0.3, heap: 1 },
};

/** Least pod of each role with a single core, and of an indexer with its usual tasks, in MiB. */
export const LEAST_MEMORY: Readonly<Record<Role, number>> = {
  coordinator: 768,
  broker: 640,
  router: 448,
  historical: 768,
  indexer: 1024,
};

/** Least heap of each role: below it the process starts and has no room to work. */
const LEAST_HEAP: Readonly<Record<Role, number>> = {
  coordinator: 384 * MiB,
  router: 128 * MiB,
  broker: 256 * MiB,
  historical: 256 * MiB,
  indexer: 384 * MiB,
};

const floorMiB = (bytes: number) => Math.floor(bytes / MiB) * MiB;

/**
 * Heap and direct memory from the pod's limit. Druid refuses to start when its buffers, one a thread, those that join and one
 * more, do not fit into the direct memory.
 * @param size of the main container: cores that it requests, bytes of its limit
 */
export function druidMemory(role: Role, { cpu, limit }: { readonly cpu: number; readonly limit: number }): DruidMemory {
  const rest = limit - outside(limit);
  const shares = SHARES[role];
  const threads = Math.max(1, Math.floor(cpu) - 1);
  const mergeBuffers = Math.max(2, Math.floor(threads / 4));
  const buffers = threads + mergeBuffers + 1;
  const buffer =
    shares.buffers === 0
      ? undefined
      : floorMiB(Math.min(MOST_BUFFER, Math.max(LEAST_BUFFER, (shares.buffers * rest - CLIENTS) / buffers)));
  const direct = CLIENTS + (buffer ?? 0) * buffers;
  const heap = floorMiB(Math.min(MOST_HEAP, rest - direct, Math.max(shares.heap * rest, LEAST_HEAP[role])));
  if (heap < LEAST_HEAP[role])
    throw new RangeError(
      `Druid's ${role} of ${String(cpu)} cores has a heap of ${String(Math.floor(heap / MiB))}Mi in a pod of ${String(Math.floor(limit / MiB))}Mi, and needs ${String(LEAST_HEAP[role] / MiB)}Mi`,
    );
  return { heap, direct, threads, mergeBuffers, buffer };
}

/** Tasks share the indexer's heap. */
export const LEAST_TASK_HEAP = 128 * MiB;
