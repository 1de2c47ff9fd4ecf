import { deepEqual, equal, ok } from "node:assert/strict";

import { settings } from "../fixtures";
import { layer } from "../layer";

const APPLICATION = "kubernetes:sparkoperator.k8s.io/v1beta2:SparkApplication";
interface Spec {
  readonly sparkConf: Readonly<Record<string, string>>;
}

describe("Spark's jobs in a stack with a history", () => {
  const made = () => layer(settings({}, { sparkHistory: { enabled: true } }));

  it("write event logs into its directory, and may do so", async () => {
    const { ofType, objects } = await made();
    const applications = ofType(APPLICATION);
    equal(applications.length, 3);
    for (const { inputs } of applications)
      equal((inputs.spec as unknown as Spec).sparkConf["spark.eventLog.dir"], "s3a://x-services/spark-history/events");
    deepEqual(objects.grants.find(({ user }) => user === "spark")?.access.at(-1), {
      bucket: "x-services",
      prefix: "spark-history/",
      level: "write",
    });
  });

  it("fetch the libraries for that", async () => {
    const { one } = await made();
    const { inputs } = one(APPLICATION, "spark-bronze-to-silver");
    ok(JSON.stringify(inputs).includes("hadoop-aws-3.4.1.jar"));
  });
});
