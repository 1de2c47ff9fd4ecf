import assert from "node:assert/strict";

import { application, podOf } from "../application";

describe("a SparkApplication", () => {
  it("names its image, file and arguments", () => {
    const { type, mode, pythonVersion, sparkVersion, mainApplicationFile, arguments: args, image } = application();
    assert.deepEqual(
      { type, mode, pythonVersion, sparkVersion, mainApplicationFile, args, image },
      {
        type: "Python",
        mode: "cluster",
        pythonVersion: "3",
        sparkVersion: "4.0.5",
        mainApplicationFile: "local:///opt/lakehouse/jobs/bronze_to_silver.py",
        args: [],
        image: "docker.io/apache/spark:test",
      },
    );
  });

  it("leaves retries to the scheduler and keeps a finished run for a day", () => {
    assert.deepEqual(application().restartPolicy, { type: "Never" });
    assert.equal(application().timeToLiveSeconds, 86_400);
  });

  it("grows to the whole pool of executors and back", () => {
    assert.deepEqual(application().dynamicAllocation, {
      enabled: true,
      initialExecutors: 2,
      minExecutors: 1,
      maxExecutors: 3,
      shuffleTrackingEnabled: true,
      shuffleTrackingTimeout: 600_000,
    });
    const one = application({ executor: { replicas: 1, cpu: 1, memory: "2Gi" } }).dynamicAllocation;
    assert.deepEqual([one?.initialExecutors, one?.minExecutors, one?.maxExecutors], [1, 1, 1]);
  });

  it("has pods of exactly the planned size", () => {
    const { driver, executor } = application();
    const size = ({ cores, coreRequest, coreLimit, memory, memoryOverhead }: typeof driver) => [
      cores,
      coreRequest,
      coreLimit,
      memory,
      memoryOverhead,
    ];
    assert.deepEqual(size(driver), [1, "750m", "1500m", "2457m", "1639m"]);
    assert.deepEqual(size(executor), [2, "2", "4", "4915m", "3277m"]);
  });

  it("gives its pods the labels that links and quotas select", () => {
    const { driver, executor } = application();
    assert.deepEqual(
      [driver, executor].map(({ labels }) => [labels["app.kubernetes.io/name"], labels["app.kubernetes.io/instance"]]),
      [
        ["spark", "spark-driver"],
        ["spark", "spark-executor"],
      ],
    );
    assert.deepEqual(
      [podOf(driver.template).priorityClassName, podOf(executor.template).priorityClassName],
      ["spark-driver", "spark-executor"],
    );
  });

  it("gives only the driver access to the Kubernetes API", () => {
    const { driver, executor } = application();
    assert.deepEqual([driver.serviceAccount, podOf(driver.template).automountServiceAccountToken], ["spark", true]);
    assert.deepEqual(
      [executor.serviceAccount, podOf(executor.template).automountServiceAccountToken],
      ["spark-executor", false],
    );
  });

  it("has no secret value, only the names of keys", () => {
    const [container] = podOf(application().executor.template).containers;
    assert.deepEqual(container.env, [
      { name: "AWS_ACCESS_KEY_ID", valueFrom: { secretKeyRef: { name: "spark-s3", key: "u" } } },
      { name: "AWS_SECRET_ACCESS_KEY", valueFrom: { secretKeyRef: { name: "spark-s3", key: "p" } } },
      { name: "AWS_REGION", value: "eu" },
    ]);
  });

  it("is plain data that can be written to a file", () => {
    assert.deepEqual(JSON.parse(JSON.stringify(application())), application());
  });
});
