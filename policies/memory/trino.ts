import type { StackValidationPolicy } from "@pulumi/policy";

import { stackPolicy, type Violation } from "../core/define";
import { MiB, show } from "../core/quantity";
import type { Stack } from "../core/stack";
import type { Workload } from "../workloads/types";
import { type File, filesOf, heapIn, jvmFiles } from "./jvm";

/**
 * Trino does not start if `query.max-memory-per-node` and `memory.heap-headroom-per-node` together exceed its heap; Presto, which has the
 * same files, if `query.max-total-memory-per-node` and the headroom do.
 */

/** Default of both settings, as a share of the heap. */
const DEFAULT_SHARE = 0.3;
/** Trino's `MB` and `GB` are binary units. */
const UNITS: Readonly<Record<string, number>> = { B: 1, kB: 1024, MB: MiB, GB: 1024 * MiB, TB: 1024 ** 2 * MiB };

const PER_NODE = "query.max-memory-per-node";
/** Presto's alone: what queries hold with the buffers of readers and writers. */
const ALL_PER_NODE = "query.max-total-memory-per-node";
const HEADROOM = "memory.heap-headroom-per-node";
const TOTAL = "query.max-memory";

/** A process as its files describe it. */
interface Process {
  readonly workload: Workload;
  readonly file: File;
  readonly properties: ReadonlyMap<string, string>;
  /** Bytes; undefined if no file sets it. */
  readonly heap: number | undefined;
}

export const trinoFitHeap: StackValidationPolicy = stackPolicy({
  name: "trino-fit-heap",
  description:
    "Memory for queries and headroom of Trino and Presto fit into the heap, and no query may use more than the workers have.",
  *check(stack) {
    const all = processes(stack);
    for (const process of all) {
      yield* perNode(process);
      yield* inAll(process, all);
    }
  },
});

function* perNode({ workload, file, properties, heap }: Process): Generator<Violation> {
  if (heap === undefined) return;
  const [key, engine] = properties.has(ALL_PER_NODE) ? [ALL_PER_NODE, "Presto"] : [PER_NODE, "Trino"];
  const perNode = size(properties.get(key)) ?? DEFAULT_SHARE * heap;
  const headroom = size(properties.get(HEADROOM)) ?? DEFAULT_SHARE * heap;
  if (perNode + headroom <= heap) return;
  const setting = (name: string, amount: number) =>
    `${name} of ${show(amount, "memory")}${properties.has(name) ? "" : " by default"}`;
  yield {
    on: workload.resource,
    field: where(file),
    problem: `has ${setting(key, perNode)} and ${setting(HEADROOM, headroom)}, together over the heap of ${show(heap, "memory")}, so ${engine} does not start`,
    fix: `lower ${key} to ${show(Math.max(0, heap - headroom), "memory")} or less`,
  };
}

function* inAll({ workload, file, properties }: Process, all: readonly Process[]): Generator<Violation> {
  const total = size(properties.get(TOTAL));
  const workers = all.filter(
    (one) => runsTasks(one) && one.properties.get("discovery.uri") === properties.get("discovery.uri"),
  );
  if (total === undefined || workers.length === 0) return;
  const shares = workers.map((one) => ({ count: one.workload.replicas, each: queryMemory(one) }));
  if (shares.some(({ each }) => each === undefined)) return;
  const most = shares.reduce((sum, { count, each = 0 }) => sum + count * each, 0);
  if (total <= most) return;
  yield {
    on: workload.resource,
    field: where(file),
    problem: `lets a query use ${show(total, "memory")} (${TOTAL}), over the ${show(most, "memory")} that its workers have for queries`,
    fix: `lower ${TOTAL} to ${show(most, "memory")}, or add workers`,
  };
}

/** Whether the process runs tasks of queries; a coordinator usually does not. */
function runsTasks({ properties }: Process): boolean {
  return properties.get("coordinator") !== "true" || properties.get("node-scheduler.include-coordinator") === "true";
}

function queryMemory({ properties, heap }: Process): number | undefined {
  return size(properties.get(PER_NODE)) ?? (heap === undefined ? undefined : DEFAULT_SHARE * heap);
}

const where = ({ map, name }: File) => `ConfigMap ${map} ${name}`;

function processes(stack: Stack): Process[] {
  return stack.workloads.flatMap((workload) =>
    filesOf(workload, stack, (name) => name === "config.properties").flatMap((file) => {
      const properties = parse(file.field.text ?? "");
      // Other programs have a `config.properties` too.
      if (!properties.has("discovery.uri") || !properties.has("coordinator")) return [];
      const heaps = jvmFiles(workload, stack).flatMap(({ field }) => heapIn(field.text ?? "", ""));
      return [{ workload, file, properties, heap: heaps.at(-1)?.bytes }];
    }),
  );
}

function parse(text: string): ReadonlyMap<string, string> {
  const lines = text.split("\n").map((line) => /^\s*([^#=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line));
  return new Map(lines.flatMap((match) => (match === null ? [] : [[match[1] ?? "", match[2] ?? ""] as const])));
}

function size(text: string | undefined): number | undefined {
  const [, number, unit = "B"] = /^(\d+(?:\.\d+)?)\s*([kMGT]?B)$/.exec(text ?? "") ?? [];
  return number === undefined ? undefined : Number(number) * (UNITS[unit] ?? 1);
}
