import type { Rule } from "../rule";

/** Kueue is for Spark's jobs, and each of them names one of its queues. */
export const knownQueues: Rule = function* ({ compute: { kueue, spark } }) {
  if (!kueue.enabled) return;
  if (!spark.enabled) {
    yield {
      path: "lakehouse:compute.kueue.enabled",
      message: "given true, and nothing is queued; allowed: false, or lakehouse:compute.spark.enabled: true",
    };
    return;
  }
  const queues = Object.keys(kueue.queues);
  for (const [job, { queue, executors = 0 }] of Object.entries(spark.queued)) {
    const path = `lakehouse:compute.spark.queued.${job}`;
    if (!queues.includes(queue))
      yield { path: `${path}.queue`, message: `given ${queue}; allowed: ${queues.join(", ")}` };
    const most = spark.executor.replicas;
    if (executors > most)
      yield {
        path: `${path}.executors`,
        message: `given ${String(executors)}, for which it would wait for ever; allowed: at most ${String(most)}, all of lakehouse:compute.spark.executor.replicas`,
      };
  }
};
