import { spark } from "../workloads/spark";
import type { ApiGroup } from "./types";

/** `SparkConnect` makes pods that nothing here reads. */
export const sparkOperator: readonly ApiGroup[] = [
  { group: "sparkoperator.k8s.io", pods: { SparkApplication: spark, ScheduledSparkApplication: spark } },
];
