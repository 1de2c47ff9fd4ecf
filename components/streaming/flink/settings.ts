import type { z } from "zod";

import { disabled, image, jars } from "../../fields/common";
import { count, disk, section, size, withDefaults } from "../../fields/fields";
import { operator } from "../../fields/operator";

export const flink = withDefaults(
  section({
    enabled: disabled,
    ...operator("the Flink operator", "flink", { cpu: 0.25, memory: "768Mi" }),
    jobManager: size({ cpu: 1, memory: "2Gi" }).describe("JobManagers: one leads, further ones stand by"),
    taskManager: size({ replicas: 5, cpu: 2, memory: "4Gi" }).describe(
      "TaskManagers: each runs as many tasks at a time as it has whole cores",
    ),
    checkpointSeconds: count(10, 3600)
      .default(60)
      .describe("seconds between two checkpoints; records become visible in tables at a checkpoint; default 60"),
    latenessSeconds: count(0, 86_400)
      .default(30)
      .describe("seconds that a record may be late and still count in its window; default 30"),
    partitions: count(1, 1000)
      .default(12)
      .describe(
        "partitions of the job's topic, best at least one for each task; can be raised, never lowered; default 12",
      ),
    disk: disk.prefault("10Gi").describe("scratch disk of one TaskManager for state beyond memory; default 10Gi"),
    jars,
    image,
  }),
);

export type FlinkSettings = z.output<typeof flink>;
