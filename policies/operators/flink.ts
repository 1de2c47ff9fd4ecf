import { flink } from "../workloads/flink";
import type { ApiGroup } from "./types";

/** `FlinkSessionJob` makes TaskManagers, and `FlinkBlueGreenDeployment` twice the pods; nothing here reads them. */
export const flinkOperator: readonly ApiGroup[] = [
  { group: "flink.apache.org", pods: { FlinkDeployment: flink }, podless: ["FlinkStateSnapshot"] },
];
