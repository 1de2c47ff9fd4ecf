import type { StackValidationPolicy } from "@pulumi/policy";

import { stackPolicy, type Violation } from "./core/define";
import { MiB, show } from "./core/quantity";
import { type Heap, heapsOf, jvmFiles } from "./memory/jvm";
import { trinoFitHeap } from "./memory/trino";
import { type Container, rolePrefix, type Workload } from "./workloads/types";

/** Whether heaps, and Trino's memory for queries, fit the memory limit of their container. */

/** Bytes for metaspace, threads, code and buffers, which a JVM keeps outside of its heap. */
const MIN_OFF_HEAP = 128 * MiB;

export const heapFitContainer: StackValidationPolicy = stackPolicy({
  name: "heap-fit-container",
  description: "The heap of every JVM, and what it needs besides, fits into the memory limit of its container.",
  config: {
    outside: {
      type: "number",
      default: 0.1,
      minimum: 0,
      description: "What a JVM needs outside of its heap, as a share of the heap; at least 128Mi in any case.",
    },
  },
  *check(stack, config) {
    const outside = typeof config.outside === "number" ? config.outside : 0.1;
    for (const workload of stack.workloads) {
      const files = jvmFiles(workload, stack);
      for (const container of workload.containers) {
        for (const heap of heapsOf(container, workload, files)) yield* tooLarge(workload, container, heap, outside);
      }
    }
  },
});

function* tooLarge(workload: Workload, container: Container, heap: Heap, outside: number): Generator<Violation> {
  const limit = container.limits.memory.amount;
  if (limit === undefined) return;
  const bytes = heap.bytes ?? (heap.share ?? 0) * limit;
  const besides = Math.max(MIN_OFF_HEAP, outside * bytes) + heap.direct;
  if (bytes + besides <= limit) return;
  yield {
    on: workload.resource,
    field: heap.where,
    problem: `${rolePrefix(workload)}gives the JVM of container ${container.name} a heap of ${show(bytes, "memory")} (${heap.setting}); with ${show(besides, "memory")} outside of the heap it exceeds the limit of ${show(limit, "memory")}`,
    fix: `give it at most ${show(room(limit, heap.direct, outside), "memory")}, or raise the limit to ${show(bytes + besides, "memory")}`,
  };
}

/** The largest heap that a limit leaves room for. */
function room(limit: number, direct: number, outside: number): number {
  return Math.max(0, Math.min((limit - direct) / (1 + outside), limit - direct - MIN_OFF_HEAP));
}

export const memory = [heapFitContainer, trinoFitHeap];
