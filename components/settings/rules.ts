import { nodeLimit } from "../core/node";
import { formatBytes, MiB } from "../core/quantity";
import { type Mistake, suggestion } from "./errors";
import type { Size } from "./fields";
import { previousExists } from "./credentials";
import { bucketEvents, ownTopics } from "./events.rules";
import { flinkNeeds } from "./flink.rules";
import { forbiddenLicences } from "./licences";
import { objectLocks } from "./locks";
import { certificates, durability } from "./postgres.rules";
import { restores } from "./restore.rules";
import type { Settings } from "./schema";
import { distinctNodePorts, reachableEndpoint } from "./storage.rules";
import { connectNeedsKafka, enoughBrokers, imageVolumes, quorums, singles } from "./streaming.rules";
import { ownTaints } from "./taints.rules";
import { topicTables } from "./topics.rules";

/** A rule over settings that are right one by one: what it reads, and the mistakes that it finds. */
export type Rule = (settings: Settings) => Iterable<Mistake>;

const duplicateNodes: Rule = function* ({ nodes }) {
  const first = new Map<string, number>();
  for (const [index, node] of nodes.entries()) {
    const before = first.get(node.name);
    if (before === undefined) first.set(node.name, index);
    else
      yield {
        path: `lakehouse:nodes[${String(index)}].name`,
        message: `given "${node.name}", which lakehouse:nodes[${String(before)}] has already; allowed: a name of its own`,
      };
  }
};

const nodesWithRoom: Rule = function* ({ nodes, cluster }) {
  for (const [index, node] of nodes.entries()) {
    for (const resource of ["cpu", "memory"] as const) {
      const write = (value: number) => (resource === "memory" ? formatBytes(value) : String(value));
      if (node[resource] <= node.system[resource])
        yield {
          path: `lakehouse:nodes[${String(index)}].${resource}`,
          message: `given ${write(node[resource])}, of which the system keeps ${write(node.system[resource])}: nothing is left; allowed: more than ${write(node.system[resource])}, or a smaller system.${resource}`,
        };
    }
    const limit = nodeLimit(node, node.system, cluster.buffer).memory;
    if (limit > 0 && limit < 2 ** 30)
      yield {
        path: `lakehouse:nodes[${String(index)}].memory`,
        message: `given ${formatBytes(node.memory)}, which leaves ${String(Math.floor(limit / 2 ** 20))}Mi for pods; allowed: enough for 1Gi after the system's ${formatBytes(node.system.memory)} and the buffer`,
      };
  }
};

const knownPools: Rule = function* ({ nodes, pools }) {
  const names = Object.keys(pools);
  for (const [index, node] of nodes.entries()) {
    if (!names.includes(node.pool))
      yield {
        path: `lakehouse:nodes[${String(index)}].pool`,
        message: `given "${node.pool}", which is not in lakehouse:pools${suggestion(node.pool, names)}; allowed: ${names.join(", ") || "none yet"}`,
      };
  }
};

const populatedPools: Rule = function* ({ nodes, pools }) {
  for (const name of Object.keys(pools)) {
    if (!nodes.some((node) => node.pool === name))
      yield {
        path: `lakehouse:pools.${name}`,
        message: "a pool without a node; allowed: pools that at least one of lakehouse:nodes names",
      };
  }
};

const oneDefaultPool: Rule = function* ({ pools }) {
  const defaults = Object.keys(pools).filter((name) => pools[name]?.default);
  if (defaults.length === 1 || Object.keys(pools).length === 0) return;
  yield {
    path: "lakehouse:pools",
    message:
      defaults.length === 0
        ? "no pool has default: true; allowed: exactly one"
        : `${defaults.join(" and ")} both have default: true; allowed: exactly one`,
  };
};

const fallbacks: Rule = function* ({ pools }) {
  for (const [name, pool] of Object.entries(pools)) {
    const path = `lakehouse:pools.${name}.fallback`;
    if (pool.fallback === undefined) continue;
    if (!(pool.fallback in pools))
      yield {
        path,
        message: `given "${pool.fallback}", which is not in lakehouse:pools${suggestion(pool.fallback, Object.keys(pools))}`,
      };
    const chain = [name];
    for (let next: string | undefined = pool.fallback; next !== undefined; next = pools[next]?.fallback) {
      if (chain.includes(next)) {
        // One line per circle, told by its first member.
        if (next === name && name === [...chain].sort()[0])
          yield { path, message: `circular: ${[...chain, next].join(" → ")}; allowed: a chain that ends` };
        break;
      }
      chain.push(next);
    }
  }
};

/** Every size in the settings, with its path. */
export function* sizes(value: unknown, path: string): Generator<{ path: string } & Size> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return;
  const entries = value as Record<string, unknown>;
  if ("memory" in entries && "cpu" in entries && "replicas" in entries) yield { path, ...(entries as unknown as Size) };
  for (const [key, inner] of Object.entries(entries)) yield* sizes(inner, `${path}.${key}`);
}

const poolsOfSizes: Rule = function* (settings) {
  const names = Object.keys(settings.pools);
  for (const layer of ["storage", "catalog", "compute", "query", "streaming", "orchestration"] as const) {
    for (const size of sizes(settings[layer], `lakehouse:${layer}`)) {
      for (const name of size.pool ?? [])
        if (!names.includes(name))
          yield {
            path: `${size.path}.pool`,
            message: `given "${name}", which is not in lakehouse:pools${suggestion(name, names)}; allowed: ${names.join(", ")}`,
          };
    }
  }
};

/** Below these an engine's memory rule leaves no room for a heap; a test holds them against the rules themselves. In MiB. */
export const SMALLEST_MEMORY: Readonly<Record<string, number>> = {
  "lakehouse:storage.postgres.server": 512,
  "lakehouse:catalog.hiveMetastore.server": 1024,
  "lakehouse:compute.spark.driver": 896,
  "lakehouse:compute.spark.executor": 896,
  "lakehouse:query.trino.coordinator": 1280,
  "lakehouse:query.trino.worker": 1280,
  "lakehouse:streaming.kafka.broker": 768,
  "lakehouse:streaming.kafka.controller": 512,
  "lakehouse:streaming.kafka.entityOperator": 512,
  "lakehouse:streaming.connect.worker": 768,
  "lakehouse:streaming.flink.jobManager": 1024,
  "lakehouse:streaming.flink.taskManager": 1536,
};

/** Sizes of what keeps its memory bounds by itself (Go, nginx) or has a heap of its chart's or operator's choice. */
export const WITHOUT_HEAP_RULE: ReadonlySet<string> = new Set([
  "lakehouse:storage.postgres.operatorSize",
  "lakehouse:storage.objects.server",
  "lakehouse:storage.libraries.server",
  "lakehouse:compute.spark.operator",
  "lakehouse:streaming.kafka.exporter",
  "lakehouse:streaming.kafka.operatorSize",
  "lakehouse:streaming.flink.operatorSize",
]);

/** @throws Error for a size of which nobody said what is too small */
export function leastMemory(path: string): number {
  const least = SMALLEST_MEMORY[path];
  if (least !== undefined) return least;
  if (WITHOUT_HEAP_RULE.has(path)) return 0;
  throw new Error(`${path}: add what is too small for it to SMALLEST_MEMORY or WITHOUT_HEAP_RULE`);
}

const roomForHeaps: Rule = function* (settings) {
  for (const layer of ["storage", "catalog", "compute", "query", "streaming"] as const) {
    for (const { path, memory } of sizes(settings[layer], `lakehouse:${layer}`)) {
      const least = leastMemory(path);
      if (memory < least * MiB)
        yield { path: `${path}.memory`, message: `given ${formatBytes(memory)}; allowed: at least ${String(least)}Mi` };
    }
  }
};

const distinctBuckets: Rule = function* ({ storage }) {
  const owners = new Map<string, string>();
  for (const [key, bucket] of Object.entries(storage.buckets)) {
    const name = bucket.name ?? `${storage.bucketPrefix}${key}`;
    const path = `lakehouse:storage.buckets.${key}.name`;
    if (!/^[a-z0-9][-a-z0-9]{1,61}[a-z0-9]$/.test(name))
      yield {
        path,
        message: `"${name}" (with the prefix) is not an S3 bucket name; allowed: 3 to 63 lower-case letters, digits and '-'`,
      };
    const owner = owners.get(name);
    if (owner !== undefined)
      yield { path, message: `given "${name}", which ${owner} has already; allowed: a name of its own` };
    owners.set(name, key);
  }
};

const erasureCoding: Rule = function* ({ storage }) {
  if (storage.objects.kind !== "minio") return;
  const drives = storage.objects.server.replicas * storage.objects.drives;
  if (drives !== 1 && drives < 4)
    yield {
      path: "lakehouse:storage.objects.server.replicas",
      message: `given ${String(storage.objects.server.replicas)} with ${String(storage.objects.drives)} drive(s) each, ${String(drives)} in all; allowed: 1 drive, or at least 4 for erasure coding`,
    };
};

/** Catalog and engines need each other: what is on must find what it uses. */
const dependencies: Rule = function* ({ catalog, compute, query }) {
  const needs =
    "given true while lakehouse:catalog.hiveMetastore.enabled is false; allowed: the metastore on, or this off";
  if (catalog.hiveMetastore.enabled) return;
  if (compute.spark.enabled) yield { path: "lakehouse:compute.spark.enabled", message: needs };
  if (query.trino.enabled) yield { path: "lakehouse:query.trino.enabled", message: needs };
};

export const RULES: readonly { readonly needs: readonly (keyof Settings)[]; readonly rule: Rule }[] = [
  { needs: ["nodes"], rule: duplicateNodes },
  { needs: ["nodes", "cluster"], rule: nodesWithRoom },
  { needs: ["nodes"], rule: ownTaints },
  { needs: ["nodes", "pools"], rule: knownPools },
  { needs: ["nodes", "pools"], rule: populatedPools },
  { needs: ["pools"], rule: oneDefaultPool },
  { needs: ["pools"], rule: fallbacks },
  { needs: ["pools", "storage", "catalog", "compute", "query", "streaming", "orchestration"], rule: poolsOfSizes },
  { needs: ["storage", "catalog", "compute", "query", "streaming"], rule: roomForHeaps },
  { needs: ["credentials"], rule: previousExists },
  { needs: ["storage"], rule: distinctBuckets },
  { needs: ["storage"], rule: erasureCoding },
  { needs: ["storage"], rule: objectLocks },
  { needs: ["storage"], rule: distinctNodePorts },
  { needs: ["storage"], rule: reachableEndpoint },
  { needs: ["storage"], rule: restores },
  { needs: ["storage", "cluster"], rule: certificates },
  { needs: ["storage"], rule: durability },
  { needs: ["catalog", "compute", "query"], rule: dependencies },
  { needs: ["streaming"], rule: quorums },
  { needs: ["streaming"], rule: singles },
  { needs: ["streaming"], rule: enoughBrokers },
  { needs: ["streaming"], rule: connectNeedsKafka },
  { needs: ["streaming", "cluster"], rule: imageVolumes },
  { needs: ["streaming", "catalog"], rule: flinkNeeds },
  { needs: ["streaming"], rule: ownTopics },
  { needs: ["query", "streaming"], rule: topicTables },
  { needs: ["storage", "streaming"], rule: bucketEvents },
  { needs: ["licences", "storage", "catalog", "compute", "query", "streaming"], rule: forbiddenLicences },
];
