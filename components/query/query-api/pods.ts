import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import { SPILL_DIRECTORY } from "./config";
import type { QueryApiSettings } from "./settings";

export const queryApiPods = (platform: Platform, { server, duckdb }: QueryApiSettings): PodGroup[] => [
  platform.podGroup(
    {
      service: "query-api",
      role: "server",
      namespace: platform.namespace("query"),
      scratch: { "/tmp": 64 * MiB, ...(duckdb.enabled ? { [SPILL_DIRECTORY]: duckdb.spill } : {}) },
    },
    server,
  ),
];
