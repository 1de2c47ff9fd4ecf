import { formatBytes, MiB } from "../../core/quantity";
import type { Mistake } from "../../fields/mistakes";
import { ROWS } from "./ingestion";
import { druidMemory, LEAST_MEMORY, LEAST_TASK_HEAP } from "./memory";
import { ROLES } from "./pods";
import type { DruidSettings } from "./settings";

const PATH = "lakehouse:query.druid";
/** A task that hands its segments over runs beside the one that reads on. */
const TASKS_OF_A_STREAM = 2;

export function* check(settings: DruidSettings): Generator<Mistake> {
  yield* room(settings);
  yield* slots(settings);
  yield* distinct(settings);
  yield* columns(settings);
}

/** More cores are more buffers, so a pod of many cores needs more than the least. */
function* room(settings: DruidSettings): Generator<Mistake> {
  for (const role of ROLES) {
    const { cpu, memory } = settings[role];
    // What is too small for any number of cores is told by its bound.
    if (memory < LEAST_MEMORY[role] * MiB) continue;
    try {
      const { heap } = druidMemory(role, { cpu, limit: memory });
      const tasks = Math.floor(heap / LEAST_TASK_HEAP);
      if (role === "indexer" && tasks < settings.tasks)
        yield {
          path: `${PATH}.tasks`,
          message: `given ${String(settings.tasks)} for an indexer whose heap is ${formatBytes(heap)}; allowed: ${tasks < 1 ? "none" : `at most ${String(tasks)}`}, a task for each ${String(LEAST_TASK_HEAP / MiB)}Mi, or more memory`,
        };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      yield {
        path: `${PATH}.${role}.memory`,
        message: `given ${formatBytes(memory)} for ${String(cpu)} cores; allowed: more, or fewer cores: ${error.message}`,
      };
    }
  }
}

function* slots({ indexer, tasks, streams, batches }: DruidSettings): Generator<Mistake> {
  const there = indexer.replicas * tasks;
  const needed = TASKS_OF_A_STREAM * streams.length + Math.min(1, batches.length);
  if (there < needed)
    yield {
      path: `${PATH}.tasks`,
      message: `given ${String(tasks)} for each of ${String(indexer.replicas)}; allowed: at least ${String(Math.ceil(needed / indexer.replicas))}, two for each stream and one for batches`,
    };
}

/** A data source is filled by one thing only: what a batch replaces, a stream would have written. */
function* distinct({ streams, batches }: DruidSettings): Generator<Mistake> {
  const owners = new Map<string, string>();
  const all = [
    ...streams.map(({ dataSource }, index) => [`streams[${String(index)}]`, dataSource] as const),
    ...batches.map(({ dataSource }, index) => [`batches[${String(index)}]`, dataSource] as const),
  ];
  for (const [path, dataSource] of all) {
    const owner = owners.get(dataSource);
    if (owner !== undefined)
      yield {
        path: `${PATH}.${path}.dataSource`,
        message: `given "${dataSource}", which ${owner} fills already; allowed: a name of its own`,
      };
    owners.set(dataSource, path);
  }
}

/** Every column of a rolled-up table is one thing: a field that rows are told apart by, a sum, the time, or the number of records. */
function* columns({ streams, batches }: DruidSettings): Generator<Mistake> {
  for (const [kind, all] of Object.entries({ streams, batches }))
    for (const [index, { rollup, time }] of all.entries()) {
      const taken = new Map([
        [time, "the time"],
        [ROWS, "the number of records"],
        ["__time", "Druid's own time"],
      ]);
      for (const part of ["by", "sum"] as const)
        for (const field of rollup?.[part] ?? []) {
          const owner = taken.get(field);
          if (owner !== undefined)
            yield {
              path: `${PATH}.${kind}[${String(index)}].rollup.${part}`,
              message: `given "${field}", which is ${owner} already; allowed: each field once`,
            };
          taken.set(field, `in rollup.${part}`);
        }
    }
}
