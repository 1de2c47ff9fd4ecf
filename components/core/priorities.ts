/**
 * Priority classes and their values: on a full node the higher one goes first. A driver outranks the executors that it would wait for. A
 * node's agent can run nowhere else, so a server leaves for it.
 */
export const PRIORITIES = {
  "lakehouse-agent": 200_000,
  "lakehouse-serving": 100_000,
  "spark-driver": 20_000,
  "spark-executor": 10_000,
  "lakehouse-batch": 1_000,
} as const;
export type PriorityClassName = keyof typeof PRIORITIES;
