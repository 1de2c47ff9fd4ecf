import { JAR_DIRECTORY, JAR_ROOM } from "../../core/jars";
import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { STORE_DIRECTORY, TMP } from "./config";
import type { SparkHistorySettings } from "./settings";

export const sparkHistoryPods = (platform: Platform, { server, store, jars }: SparkHistorySettings): [PodGroup] => [
  platform.podGroup(
    {
      service: "spark-history",
      role: "server",
      namespace: platform.namespace("compute"),
      scratch: { "/tmp": TMP, [STORE_DIRECTORY]: store, ...(jars === "fetch" ? { [JAR_DIRECTORY]: JAR_ROOM } : {}) },
    },
    server,
  ),
];
