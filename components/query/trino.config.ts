import { json, properties } from "../core/render";
import { GiB, MiB } from "../core/quantity";

/** Trino's files, as pure functions of sizes and endpoints. Secrets stand in them as `${ENV:NAME}` only. */

export const PORT = 8080;
export const ETC = "/etc/trino";

export type Role = "coordinator" | "worker";

/** Memory of one Trino process, in bytes. */
export interface TrinoMemory {
  readonly heap: number;
  /** For what Trino does not track; Trino's own default share. */
  readonly headroom: number;
  /** The most that queries may hold on one node. */
  readonly query: number;
  readonly codeCache: number;
}

/** What Trino itself keeps in the heap when it is idle, with room to work: a small heap's share would be less than that. */
const LEAST_HEADROOM = 384 * MiB;

/**
 * From the pod's limit: outside the heap stay 20 %, at least 768 MiB (code cache, metaspace, threads, buffers). Of the
 * heap 30 %, at least 384 MiB, are headroom, and queries get what is left less 2 %: Trino refuses to start when query
 * memory and headroom exceed the heap that the JVM reports, which is a little less than -Xmx.
 * @param limit memory limit of the pod in bytes, at least 1280 MiB
 */
export function trinoMemory(limit: number): TrinoMemory {
  const heap = floorMiB(limit - Math.max(0.2 * limit, 768 * MiB));
  if (heap < 512 * MiB)
    throw new RangeError(`Trino needs pods of at least 1280Mi, given ${String(Math.floor(limit / MiB))}Mi`);
  const headroom = Math.max(floorMiB(0.3 * heap), LEAST_HEADROOM);
  return { heap, headroom, query: floorMiB(0.98 * heap - headroom), codeCache: (limit < 4 * GiB ? 256 : 512) * MiB };
}

export const floorMiB = (bytes: number) => Math.floor(bytes / MiB) * MiB;
/** Trino's data sizes: its `MB` are MiB. */
export const trinoSize = (bytes: number) => `${String(Math.floor(bytes / MiB))}MB`;

/** The JVM options that Trino's documentation recommends. */
export function jvmConfig(memory: TrinoMemory): string {
  return [
    "-server",
    "-agentpath:/usr/lib/trino/bin/libjvmkill.so",
    `-Xms${String(memory.heap / MiB)}m`,
    `-Xmx${String(memory.heap / MiB)}m`,
    "-XX:+UseG1GC",
    // Large regions suit large heaps; a small one would have so few that it fails instead of spilling.
    ...(memory.heap >= 8 * GiB ? ["-XX:G1HeapRegionSize=32M"] : []),
    "-XX:+ExplicitGCInvokesConcurrent",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-OmitStackTraceInFastThrow",
    `-XX:ReservedCodeCacheSize=${String(memory.codeCache / MiB)}M`,
    "-XX:PerMethodRecompilationCutoff=10000",
    "-XX:PerBytecodeRecompilationCutoff=10000",
    "-Djdk.attach.allowAttachSelf=true",
    "-Djdk.nio.maxCachedBufferSize=2000000",
    "-Dfile.encoding=UTF-8",
    "-XX:+EnableDynamicAgentLoading",
    "",
  ].join("\n");
}

export interface NodeConfig {
  readonly coordinator: boolean;
  readonly memory: TrinoMemory;
  /** Query memory of one worker in bytes, and how many there are: what one query may hold in all. Cores of one. */
  readonly worker: { readonly query: number; readonly replicas: number; readonly cpu: number };
  readonly discoveryUrl: string;
  /** Scratch disk of a worker in bytes. */
  readonly spill: number;
  /** Whether files of cache managers stand beside this one. */
  readonly cacheManager: boolean;
}

export function configProperties(node: NodeConfig): string {
  return properties({
    "coordinator": node.coordinator,
    ...(node.coordinator ? { "node-scheduler.include-coordinator": false } : {}),
    "http-server.http.port": PORT,
    "discovery.uri": node.discoveryUrl,
    "internal-communication.shared-secret": "${ENV:TRINO_SHARED_SECRET}",
    "query.max-memory": trinoSize(node.worker.query * node.worker.replicas),
    "query.max-memory-per-node": trinoSize(node.memory.query),
    "memory.heap-headroom-per-node": trinoSize(node.memory.headroom),
    // The same on every node: the coordinator plans joins that workers may spill, and workers refuse plans that do not say.
    "spill-enabled": true,
    "spiller-spill-path": node.coordinator ? COORDINATOR_SPILL_PATH : SPILL_PATH,
    ...(node.coordinator
      ? {}
      : {
          "spiller-max-used-space-threshold": 0.9,
          "max-spill-per-node": trinoSize(0.9 * node.spill),
          "query-max-spill-per-node": trinoSize(0.45 * node.spill),
          "task.max-writer-count": maxWriters(node.worker),
          "shutdown.grace-period": "10s",
        }),
    ...(node.cacheManager ? { "cache-manager.config-files": `${ETC}/${CACHE_MANAGER_FILE}` } : {}),
  });
}

export const CACHE_MANAGER_FILE = "cache-manager.properties";

/** What a writer of Parquet holds: a row group of 128 MiB, its compressed pages, and the part that is being uploaded. */
const WRITER = 256 * MiB;

/**
 * Files that one task writes at the same time, a power of two: one a core, as Trino does it, but no more than the memory of
 * queries holds. Trino counts writers by cores alone, and a small worker that loads a large table would end.
 */
export function maxWriters({ query, cpu }: { readonly query: number; readonly cpu: number }): number {
  const cores = 2 ** Math.ceil(Math.log2(Math.max(2, cpu)));
  const room = 2 ** Math.floor(Math.log2(Math.max(1, query / WRITER)));
  return Math.min(cores, room, 64);
}

export const SPILL_PATH = "/data/spill";
/** Asked for, never used: the coordinator runs no tasks. */
const COORDINATOR_SPILL_PATH = "/tmp/spill";

export function nodeProperties(environment: string): string {
  return properties({ "node.environment": environment, "node.data-dir": "/data/trino" });
}

/**
 * Interactive queries may use every slot; pipelines, told by their source, at most half, so that people never wait for
 * all of a batch.
 * @param concurrency queries that run at the same time
 */
export function resourceGroups(concurrency: number): string {
  const group = (name: string, limit: number, memory: string) => ({
    name,
    softMemoryLimit: memory,
    hardConcurrencyLimit: limit,
    maxQueued: 20 * concurrency,
    schedulingPolicy: "fair",
  });
  return json({
    rootGroups: [
      {
        ...group("lakehouse", concurrency, "90%"),
        subGroups: [group("pipelines", Math.ceil(concurrency / 2), "60%"), group("interactive", concurrency, "80%")],
      },
    ],
    selectors: [{ source: "airflow.*|pipeline.*", group: "lakehouse.pipelines" }, { group: "lakehouse.interactive" }],
  });
}

export const SHUTDOWN_USER = "shutdown";

/** Catalogs that users may use, those that they may only read, and the one user that may drain a worker. */
export function accessControl(catalogs: readonly string[], readOnly: readonly string[] = []): string {
  return json({
    catalogs: [
      { catalog: catalogs.join("|"), allow: "all" },
      ...readOnly.map((catalog) => ({ catalog, allow: "read-only" })),
      { catalog: "system", allow: "read-only" },
    ],
    system_information: [{ user: SHUTDOWN_USER, allow: ["read", "write"] }, { allow: ["read"] }],
  });
}

/**
 * Programs that pods run beside Trino, as Java source. From 484 on Trino's image has a base without a shell and without curl,
 * in every version it has the JDK that Trino runs on.
 */
export const PROGRAMS = ["Started.java", "Drain.java"] as const;

/** A JVM of a second beside a busy one: little memory, one thread for each thing. */
const program = (file: (typeof PROGRAMS)[number], ...args: string[]): string[] => [
  "java",
  "-Xmx128m",
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
  `${ETC}/${file}`,
  ...args,
];

const own = (path: string) => `http://localhost:${String(PORT)}${path}`;

/** Succeeds once catalogs are loaded: from then on the node's own port tells of its health. */
export const startedCommand = (): string[] => program("Started.java", own("/v1/info"));

/** Asks the worker to finish its tasks, then waits for it, process 1 of its container, to end. */
export const drainCommand = (): string[] => program("Drain.java", own("/v1/info/state"), SHUTDOWN_USER, "1");
