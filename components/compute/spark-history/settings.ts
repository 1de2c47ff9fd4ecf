import type { z } from "zod";

import { disabled, image, jars } from "../../fields/common";
import { count, disk, section, size, withDefaults } from "../../fields/fields";
import type { Mistake } from "../../fields/mistakes";

export const sparkHistory = withDefaults(
  section({
    enabled: disabled,
    server: size({ cpu: 0.5, memory: "2Gi" }).describe("the server: one pod, because two would rewrite the same logs"),
    retentionDays: count(1, 3650)
      .default(30)
      .describe("days after its last event that the log of an application is deleted; default 30"),
    store: disk
      .prefault("4Gi")
      .describe("scratch disk for what the server has read, which it makes again after a restart; default 4Gi"),
    jars,
    image,
  }),
).describe("what Spark's applications did, after they have ended: jobs, stages, tasks, plans of queries");

export type SparkHistorySettings = z.output<typeof sparkHistory>;

export function* single({ server }: SparkHistorySettings): Generator<Mistake> {
  if (server.replicas > 1)
    yield {
      path: "lakehouse:compute.sparkHistory.server.replicas",
      message: `given ${String(server.replicas)}; allowed: 1, because two servers would rewrite and delete the same logs`,
    };
}
