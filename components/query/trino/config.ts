import type { PublicDoor } from "../../core/door";
import { json, properties } from "../../core/render";
import { MiB } from "../../core/quantity";
import { dataSize, type EngineMemory, engineMemory, jvmOptions } from "../engine-memory";

/** Trino's files, as pure functions of sizes and endpoints. Secrets are referred to as `${ENV:NAME}` only. */

export const PORT = 8080;
/** Port of people and programs where they sign in, and the Secret with its certificate. */
export const SECURE_PORT = 8443;
export const CERTIFICATE = "trino-tls";

/** The coordinator's, whose name in the cluster clients verify, and those at which people open it. */
export const serverCertificate = (host: string, others: readonly string[] = []) => ({
  commonName: host,
  secretName: CERTIFICATE,
  dnsNames: [host, "localhost", ...others],
});

const TLS_DIRECTORY = "/etc/trino/tls";

/** What a coordinator that speaks TLS has besides. */
export const HTTPS = {
  config: {
    "http-server.https.enabled": true,
    "http-server.https.port": SECURE_PORT,
    "http-server.https.keystore.path": `${TLS_DIRECTORY}/tls-combined.pem`,
  },
  secrets: { tls: CERTIFICATE },
  mounts: { [TLS_DIRECTORY]: "tls" },
};

/** The same pods are behind both. */
export const DOORS = ["trino", "trino-ui"] as const;

/**
 * Where a proxy that ends TLS is in front of it, Trino names pages and results by the URL that people came by, and refuses to otherwise.
 * What passes TLS on sends no headers, so that a client's own are not believed.
 */
export const behind = (doors: readonly PublicDoor[], tls: boolean): Readonly<Record<string, boolean>> =>
  doors.some(({ by }) => !(by === "gateway" && tls)) ? { "http-server.process-forwarded": true } : {};

export const ETC = "/etc/trino";

export type Role = "coordinator" | "worker";

/** Memory of one Trino process, in bytes. */
export type TrinoMemory = EngineMemory;

/** @param limit memory limit of the pod in bytes, at least 1280 MiB */
export const trinoMemory = (limit: number): TrinoMemory => engineMemory("Trino", limit);

/** The JVM options that Trino's documentation recommends. */
export function jvmConfig(memory: TrinoMemory): string {
  return [
    "-server",
    "-agentpath:/usr/lib/trino/bin/libjvmkill.so",
    ...jvmOptions(memory),
    "-XX:+EnableDynamicAgentLoading",
    "",
  ].join("\n");
}

export interface NodeConfig {
  readonly coordinator: boolean;
  readonly memory: TrinoMemory;
  /** Query memory (bytes) and cores of one worker, and the number of workers: together the memory of one query. */
  readonly worker: { readonly query: number; readonly replicas: number; readonly cpu: number };
  readonly discoveryUrl: string;
  /** Longest time of a query in seconds. @default none */
  readonly maxSeconds?: number;
  /** Scratch disk of a worker in bytes. */
  readonly spill: number;
  /** Whether a cache manager's file exists. */
  readonly cacheManager: boolean;
  /** Properties by which whoever asks signs in. @default nobody does */
  readonly more?: Readonly<Record<string, string | number | boolean>>;
}

export function configProperties(node: NodeConfig): string {
  return properties({
    "coordinator": node.coordinator,
    ...(node.coordinator ? { "node-scheduler.include-coordinator": false } : {}),
    "http-server.http.port": PORT,
    "discovery.uri": node.discoveryUrl,
    "internal-communication.shared-secret": "${ENV:TRINO_SHARED_SECRET}",
    "query.max-memory": dataSize(node.worker.query * node.worker.replicas),
    "query.max-memory-per-node": dataSize(node.memory.query),
    // Only the coordinator ends queries.
    ...(node.coordinator && node.maxSeconds !== undefined
      ? { "query.max-execution-time": `${String(node.maxSeconds)}s` }
      : {}),
    "memory.heap-headroom-per-node": dataSize(node.memory.headroom),
    // The same on every node: the coordinator plans which joins workers may spill, and workers refuse plans without that.
    "spill-enabled": true,
    "spiller-spill-path": node.coordinator ? COORDINATOR_SPILL_PATH : SPILL_PATH,
    ...(node.coordinator
      ? {}
      : {
          "spiller-max-used-space-threshold": 0.9,
          "max-spill-per-node": dataSize(0.9 * node.spill),
          "query-max-spill-per-node": dataSize(0.45 * node.spill),
          "task.max-writer-count": maxWriters(node.worker),
          "shutdown.grace-period": "10s",
        }),
    ...(node.cacheManager ? { "cache-manager.config-files": `${ETC}/${CACHE_MANAGER_FILE}` } : {}),
    ...node.more,
  });
}

export const CACHE_MANAGER_FILE = "cache-manager.properties";

/** Bytes of a Parquet writer: a row group of 128 MiB, its compressed pages, and the part that is uploaded. */
const WRITER = 256 * MiB;

/**
 * Files that one task writes at the same time, a power of two: one a core, as Trino does it, but no more than the memory of queries
 * holds. Trino counts writers by cores alone, and a small worker that loads a large table would run out of memory.
 */
export function maxWriters({ query, cpu }: { readonly query: number; readonly cpu: number }): number {
  const cores = 2 ** Math.ceil(Math.log2(Math.max(2, cpu)));
  const room = 2 ** Math.floor(Math.log2(Math.max(1, query / WRITER)));
  return Math.min(cores, room, 64);
}

export const SPILL_PATH = "/data/spill";
/** Required but never used: the coordinator runs no tasks. */
const COORDINATOR_SPILL_PATH = "/tmp/spill";

export function nodeProperties(environment: string): string {
  return properties({ "node.environment": environment, "node.data-dir": "/data/trino" });
}

/**
 * Interactive queries may use every slot; pipelines, recognized by their source, at most half, so that people never wait for a
 * whole batch.
 * @param concurrency queries that run at the same time
 * @param signIn whether people have rights: rules of files know none to table procedures (`ALTER TABLE … EXECUTE`), which whoever reads a
 * table could run, so they are refused to all; tables are maintained by Spark's jobs
 */
export function resourceGroups(concurrency: number, signIn = false): string {
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
      ...(signIn ? [{ name: REFUSED, softMemoryLimit: "0%", hardConcurrencyLimit: 0, maxQueued: 0 }] : []),
    ],
    selectors: [
      ...(signIn ? [{ queryType: "ALTER_TABLE_EXECUTE", group: REFUSED }] : []),
      { source: "airflow.*|pipeline.*", group: "lakehouse.pipelines" },
      { group: "lakehouse.interactive" },
    ],
  });
}

const REFUSED = "table-procedures";

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

/** Programs that pods run beside Trino, as Java source: Trino's image has no shell and no curl from 484 on, but a JDK in every version. */
export const PROGRAMS = ["Started.java", "Drain.java"] as const;

/** Command of a short-lived JVM beside a busy one: little memory, few threads. */
const program = (file: (typeof PROGRAMS)[number], ...args: string[]): string[] => [
  "java",
  "-Xmx128m",
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
  `${ETC}/${file}`,
  ...args,
];

const own = (path: string) => `http://localhost:${String(PORT)}${path}`;

/** Startup probe: succeeds once catalogs are loaded. */
export const startedCommand = (): string[] => program("Started.java", own("/v1/info"));

/** preStop command: asks the worker to finish its tasks, then waits for the end of process 1. */
export const drainCommand = (): string[] => program("Drain.java", own("/v1/info/state"), SHUTDOWN_USER, "1");
