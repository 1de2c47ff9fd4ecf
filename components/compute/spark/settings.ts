import type { z } from "zod";

import { enabled, image, jars } from "../../fields/common";
import { schedule } from "../../fields/cron";
import { section, size, withDefaults } from "../../fields/fields";
import { operator } from "../../fields/operator";

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
    jars,
    image,
  }),
);

export type SparkSettings = z.output<typeof spark>;
