import type { z } from "zod";

import { JOB_PRIORITIES } from "../../core/queueing";
import { enabled, image, jars, queueName } from "../../fields/common";
import { schedule } from "../../fields/cron";
import { count, mode, section, size, withDefaults } from "../../fields/fields";
import { operator } from "../../fields/operator";
import { maintenance } from "./maintenance";

/** How one job is queued, in a stack with Kueue. */
const queued = (priority: (typeof JOB_PRIORITIES)[number] = "normal") =>
  section({
    queue: queueName.default("batch").describe("one of lakehouse:compute.kueue.queues; default batch"),
    priority: mode(...JOB_PRIORITIES)
      .default(priority)
      .describe(`a job of a higher one takes the place of running ones of its queue; default ${priority}`),
    executors: count(1, 10_000)
      .optional()
      .describe("executors of a run, all of which it waits for; default as many as each of all drivers can have"),
  }).prefault({});

export const spark = withDefaults(
  section({
    enabled,
    ...operator(
      "the Spark operator",
      "spark-operator",
      { cpu: 0.25, memory: "512Mi" },
      "controller and webhook of the deployed operator, each",
    ),
    driver: size({ replicas: 2, cpu: 1, memory: "4Gi" }).describe(
      "drivers of all jobs: how many at once, and the size of one",
    ),
    executor: size({ replicas: 4, cpu: 1, memory: "8Gi" }).describe(
      "executors of all jobs: how many at once, and the size of one",
    ),
    schedules: section({
      "bronze-to-silver": schedule.default("30 0 * * *").describe("default '30 0 * * *'"),
      "silver-to-gold": schedule.default("30 2 * * *").describe("default '30 2 * * *'"),
      "table-maintenance": schedule.default("30 4 * * *").describe("default '30 4 * * *'"),
    })
      .prefault({})
      .describe("schedules (UTC) of the jobs in a stack without Airflow, which otherwise submits them"),
    maintenance,
    queued: section({ "bronze-to-silver": queued(), "silver-to-gold": queued(), "table-maintenance": queued("low") })
      .prefault({})
      .describe("where the jobs wait for their pods in a stack with Kueue"),
    jars,
    image,
  }),
);

export type SparkSettings = z.output<typeof spark>;
