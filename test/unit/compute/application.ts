import assert from "node:assert/strict";

import { sparkPods } from "../../../components/compute/spark/pods";
import {
  type ApplicationFacts,
  scheduledApplication,
  sparkApplication,
  type SparkApplicationSpec,
} from "../../../components/compute/spark/application";
import { JOBS, SPARK_JOBS } from "../../../components/compute/spark/jobs";
import { type PodTemplate, type SparkPodFacts, sparkPodTemplate } from "../../../components/compute/spark-pod";
import { credentialsEnv } from "../../../components/core/env";
import { jarFetcher, missingJars } from "../../../components/core/jars";
import { sparkFor } from "../../../components/compute/event-logs";
import { type PlainPod, settings, testPlatform } from "./fixtures";

/** The first job, with Spark's settings over the fixture's; null for an image with the libraries. */
export const application = (...given: Parameters<typeof applicationFacts>): SparkApplicationSpec =>
  sparkApplication(SPARK_JOBS[0], applicationFacts(...given));

/** The same on a schedule. */
export const scheduled = () => scheduledApplication(SPARK_JOBS[0], "30 0 * * *", applicationFacts());

function applicationFacts(
  spark: Readonly<Record<string, unknown>> = {},
  fetcher: SparkPodFacts["fetcher"] | null = jarFetcher(
    missingJars(sparkFor({ tables: true, eventLogs: false })),
    "http://libraries",
  ),
): ApplicationFacts {
  const of = settings(spark);
  const [driver, executor] = sparkPods(testPlatform(of), of.compute.spark);
  assert.ok(driver !== undefined && executor !== undefined);
  const facts = {
    image: "docker.io/apache/spark:test",
    env: {
      ...credentialsEnv(
        { secret: "spark-s3", userKey: "u", passwordKey: "p" },
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
      ),
      AWS_REGION: "eu",
    },
    fetcher: fetcher ?? undefined,
  };
  return {
    image: facts.image,
    conf: { "spark.ui.port": "4040" },
    groups: { driver, executor },
    templates: {
      driver: sparkPodTemplate("driver", { ...facts, group: driver, mounts: [JOBS] }),
      executor: sparkPodTemplate("executor", { ...facts, group: executor }),
    },
  };
}

/** A template in plain values. */
export const podOf = (template: PodTemplate) => template.spec as unknown as PlainPod;
