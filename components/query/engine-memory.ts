import { GiB, MiB } from "../core/quantity";

/** How Trino and Presto, which share this part of their history, divide the memory of one process. In bytes. */
export interface EngineMemory {
  readonly heap: number;
  /** Memory that the engine does not track; its own default share. */
  readonly headroom: number;
  /** The most that queries may hold on one node. */
  readonly query: number;
  readonly codeCache: number;
}

/** Heap of an idle engine with room to work: 30 % of a small heap would be less. */
const LEAST_HEADROOM = 384 * MiB;

/**
 * From the pod's limit: outside the heap stay 20 %, at least 768 MiB (code cache, metaspace, threads, buffers). Of the
 * heap 30 %, at least 384 MiB, are headroom, and queries get what is left less 2 %: the engine refuses to start when query
 * memory and headroom exceed the heap that the JVM reports, which is a little less than -Xmx.
 * @param engine its name, for messages
 * @param limit memory limit of the pod in bytes, at least 1280 MiB
 */
export function engineMemory(engine: string, limit: number): EngineMemory {
  const heap = floorMiB(limit - Math.max(0.2 * limit, 768 * MiB));
  if (heap < 512 * MiB)
    throw new RangeError(`${engine} needs pods of at least 1280Mi, given ${String(Math.floor(limit / MiB))}Mi`);
  const headroom = Math.max(floorMiB(0.3 * heap), LEAST_HEADROOM);
  return { heap, headroom, query: floorMiB(0.98 * heap - headroom), codeCache: (limit < 4 * GiB ? 256 : 512) * MiB };
}

export const floorMiB = (bytes: number) => Math.floor(bytes / MiB) * MiB;
/** Data sizes of both engines: their `MB` are MiB. */
export const dataSize = (bytes: number) => `${String(Math.floor(bytes / MiB))}MB`;

/** JVM options of both: sizes, the collector, and what Airlift's launcher needs. */
export function jvmOptions({ heap, codeCache }: EngineMemory): string[] {
  return [
    `-Xms${String(heap / MiB)}m`,
    `-Xmx${String(heap / MiB)}m`,
    "-XX:+UseG1GC",
    // Large regions suit large heaps; a small one would have so few that it fails instead of spilling.
    ...(heap >= 8 * GiB ? ["-XX:G1HeapRegionSize=32M"] : []),
    "-XX:+ExplicitGCInvokesConcurrent",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-OmitStackTraceInFastThrow",
    `-XX:ReservedCodeCacheSize=${String(codeCache / MiB)}M`,
    "-XX:PerMethodRecompilationCutoff=10000",
    "-XX:PerBytecodeRecompilationCutoff=10000",
    "-Djdk.attach.allowAttachSelf=true",
    "-Djdk.nio.maxCachedBufferSize=2000000",
    "-Dfile.encoding=UTF-8",
  ];
}
