/** Who goes first when a node is full; higher goes first. A driver outranks the executors that it would wait for. */
export const PRIORITIES = {
  "lakehouse-serving": 100_000,
  "spark-driver": 20_000,
  "spark-executor": 10_000,
  "lakehouse-batch": 1_000,
} as const;
export type PriorityClassName = keyof typeof PRIORITIES;
