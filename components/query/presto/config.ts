import { properties } from "../../core/render";
import { dataSize, type EngineMemory, engineMemory, floorMiB, jvmOptions } from "../engine-memory";

/** Presto's own files, as pure functions of sizes and endpoints. Secrets are referred to as `${ENV:NAME}` only. */

export const PORT = 8080;
export const METRICS_PORT = 9404;
export const ETC = "/etc/presto";
export const DATA_PATH = "/srv/presto/data";
export const SPILL_PATH = "/srv/presto/spill";
/** Files that are written, until they are whole and go to the store. */
export const STAGING_PATH = "/srv/presto/staging";
const HOME = "/opt/presto-server";

/** Memory of one Presto process, in bytes. */
export interface PrestoMemory extends EngineMemory {
  /** Of `query`, what a query's own data may hold; buffers of readers and writers take the rest. */
  readonly user: number;
}

/** @param limit memory limit of the pod in bytes, at least 1280 MiB */
export function prestoMemory(limit: number): PrestoMemory {
  const memory = engineMemory("Presto", limit);
  return { ...memory, user: floorMiB(0.85 * memory.query) };
}

/** Modules that upstream opens to Presto, which Java 17 keeps closed. */
const OPENED = [
  "io",
  "lang",
  "lang.ref",
  "lang.reflect",
  "net",
  "nio",
  "security",
  "text",
  "util",
  "util.concurrent",
  "util.concurrent.atomic",
  "util.regex",
].map((name) => `java.base/java.${name}`);
const OPENED_BESIDES = [
  "java.base/javax.security.auth",
  "java.base/javax.security.auth.login",
  "java.base/jdk.internal.loader",
  "java.base/sun.nio.ch",
  "java.base/sun.security.action",
  "java.security.jgss/sun.security.krb5",
];

export const JMX_EXPORTER_FILE = "jmx-exporter.yaml";
/** Upstream's image has the agent. */
const AGENT = "/usr/lib/presto/utils/jmx_prometheus_javaagent.jar";

export function jvmConfig(memory: PrestoMemory): string {
  return [
    "-server",
    ...jvmOptions(memory),
    ...[...OPENED, ...OPENED_BESIDES].map((module) => `--add-opens=${module}=ALL-UNNAMED`),
    `-javaagent:${AGENT}=${String(METRICS_PORT)}:${ETC}/${JMX_EXPORTER_FILE}`,
    "",
  ].join("\n");
}

export interface NodeConfig {
  readonly coordinator: boolean;
  readonly memory: PrestoMemory;
  /** Memory of one of those who work, and their number: together the memory of one query. */
  readonly working: { readonly memory: PrestoMemory; readonly replicas: number };
  /** Whether this node is one of them. */
  readonly works: boolean;
  readonly discoveryUrl: string;
  /** Longest time of a query in seconds. @default none */
  readonly maxSeconds?: number;
  /** Scratch disk of one of those who work, in bytes. */
  readonly spill: number;
}

export function configProperties(node: NodeConfig): string {
  const { memory, working } = node;
  return properties({
    "coordinator": node.coordinator,
    ...(node.coordinator ? { "node-scheduler.include-coordinator": node.works, "discovery-server.enabled": true } : {}),
    "http-server.http.port": PORT,
    "discovery.uri": node.discoveryUrl,
    // Nodes sign what they ask each other for.
    "internal-communication.jwt.enabled": true,
    "internal-communication.shared-secret": "${ENV:PRESTO_SHARED_SECRET}",
    "query.max-memory": dataSize(working.memory.user * working.replicas),
    "query.max-memory-per-node": dataSize(memory.user),
    "query.max-total-memory": dataSize(working.memory.query * working.replicas),
    "query.max-total-memory-per-node": dataSize(memory.query),
    // Only the coordinator ends queries.
    ...(node.coordinator && node.maxSeconds !== undefined
      ? { "query.max-execution-time": `${String(node.maxSeconds)}s` }
      : {}),
    "memory.heap-headroom-per-node": dataSize(memory.headroom),
    // By default one query's share of each heap is kept for the largest query; instead, one query ends when nodes are full.
    "experimental.reserved-pool-enabled": false,
    "query.low-memory-killer.policy": "total-reservation-on-blocked-nodes",
    // The same on every node: the coordinator plans what workers may spill.
    "experimental.spill-enabled": true,
    "experimental.spiller-spill-path": node.works ? SPILL_PATH : "/tmp/spill",
    ...(node.works
      ? {
          "experimental.spiller-max-used-space-threshold": 0.9,
          "experimental.max-spill-per-node": dataSize(0.9 * node.spill),
          "experimental.query-max-spill-per-node": dataSize(0.45 * node.spill),
        }
      : {}),
    "shutdown.grace-period": "10s",
  });
}

export const nodeProperties = (): string => properties({ "node.environment": "lakehouse", "node.data-dir": DATA_PATH });

/** The image's entry point writes beside the configuration; this is what it starts. */
export const START_COMMAND = [`${HOME}/bin/launcher`, "run", "--etc-dir", ETC, "--data-dir", DATA_PATH];

const own = (path: string) => `http://localhost:${String(PORT)}${path}`;
const shell = (script: string) => ["/bin/sh", "-c", script];

/** Startup probe: succeeds once catalogs are loaded. Before that it answers, and refuses queries. */
export const startedCommand = (): string[] =>
  shell(`curl -sf -m 5 ${own("/v1/info")} | grep -q '"starting" *: *false'`);

/** preStop command: asks the node to finish its tasks, then waits for the end of process 1. */
export const drainCommand = (): string[] =>
  shell(
    `curl -sf -m 10 -o /dev/null -X PUT -H 'Content-Type: application/json' -d '"SHUTTING_DOWN"' ${own("/v1/info/state")} && while kill -0 1; do sleep 1; done`,
  );
