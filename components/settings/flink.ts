import { z } from "zod";

import { count, disk, dnsLabel, mode, section, size, withDefaults } from "./fields";
import { image, jars } from "./services";

export const flink = withDefaults(
  section({
    enabled: z.boolean().default(false).describe("default false"),
    operator: mode("existing", "deployed")
      .default("deployed")
      .describe("use the Flink operator that is there, or run one; default deployed"),
    operatorNamespace: dnsLabel.default("flink").describe("namespace of the existing operator; default flink"),
    operatorSize: size({ cpu: 0.25, memory: "768Mi" }).describe("the operator that is deployed"),
    jobManager: size({ cpu: 1, memory: "2Gi" }).describe("leads the job; more than one stand by"),
    taskManager: size({ replicas: 5, cpu: 2, memory: "4Gi" }).describe(
      "does the job: as many tasks side by side as it has whole cores",
    ),
    checkpointSeconds: count(10, 3600)
      .default(60)
      .describe("seconds between two checkpoints, which is how late records show in tables; default 60"),
    latenessSeconds: count(0, 86_400)
      .default(30)
      .describe("seconds that a record may be late and still count in its window; default 30"),
    partitions: count(1, 1000)
      .default(12)
      .describe("partitions of the job's topic, at least one a task is best; can be raised, never lowered; default 12"),
    disk: disk.prefault("10Gi").describe("scratch disk of one TaskManager for state beyond memory; default 10Gi"),
    jars,
    image,
  }),
);
