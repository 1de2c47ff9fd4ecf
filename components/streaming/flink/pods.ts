import { GiB } from "../../core/quantity";
import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { flinkScratch } from "./template";
import type { FlinkSettings } from "./settings";

/** The Flink cluster of one job. */
export function flinkPods(platform: Platform, settings: FlinkSettings): PodGroup[] {
  const names = { service: "flink", namespace: platform.namespace("processing") };
  const scratch = (work: number) => flinkScratch(work, settings.jars === "fetch");
  return [
    platform.podGroup({ ...names, role: "jobmanager", scratch: scratch(GiB) }, settings.jobManager),
    platform.podGroup({ ...names, role: "taskmanager", scratch: scratch(settings.disk) }, settings.taskManager),
  ];
}

export function flinkOperatorPods(platform: Platform, settings: FlinkSettings): [PodGroup] {
  const names = { service: "flink-operator", role: "flink-operator", namespace: platform.namespace("operators") };
  return [platform.podGroup(names, settings.operatorSize)];
}
