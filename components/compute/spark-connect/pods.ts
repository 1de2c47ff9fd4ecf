import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { sparkScratch } from "../spark-pod";
import type { SparkConnectSettings } from "./settings";

/** The server, and the executors that it makes: how many of all sessions run at the same time. */
export function sparkConnectPods(
  platform: Platform,
  settings: SparkConnectSettings,
): [server: PodGroup, executor: PodGroup] {
  const names = { service: "spark-connect", namespace: platform.namespace("spark-connect") };
  const scratch = (role: "server" | "executor") => sparkScratch(settings[role].memory, settings.jars === "fetch");
  return [
    platform.podGroup({ ...names, role: "server", scratch: scratch("server") }, settings.server),
    platform.podGroup(
      {
        ...names,
        role: "executor",
        lifetime: "elastic",
        priorityClass: "spark-executor",
        scratch: scratch("executor"),
      },
      settings.executor,
    ),
  ];
}
