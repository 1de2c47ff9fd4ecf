import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { type SparkRole, sparkScratch } from "../spark-pod";
import type { SparkSettings } from "./settings";

/** Controller and webhook, of the same size. */
export function sparkOperatorPods(
  platform: Platform,
  settings: SparkSettings,
): [controller: PodGroup, webhook: PodGroup] {
  const names = { service: "spark-operator", namespace: platform.namespace("operators") };
  const pods = (role: string) => platform.podGroup({ ...names, role }, settings.operatorSize);
  return [pods("controller"), pods("webhook")];
}

/** Drivers and executors: how many of all jobs run at the same time. */
export function sparkPods(platform: Platform, settings: SparkSettings): PodGroup[] {
  const names = { service: "spark", namespace: platform.namespace("compute"), lifetime: "elastic" } as const;
  const group = (role: SparkRole) => {
    const scratch = sparkScratch(settings[role].memory, settings.jars === "fetch");
    return platform.podGroup({ ...names, role, priorityClass: `spark-${role}`, scratch }, settings[role]);
  };
  return [group("driver"), group("executor")];
}
