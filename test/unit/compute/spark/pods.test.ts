import assert from "node:assert/strict";

import { application, podOf } from "../application";

describe("Spark's pod templates", () => {
  it("name the containers that Spark merges with its own", () => {
    const { driver, executor } = application();
    assert.deepEqual(
      [driver, executor].map(({ template }) => podOf(template).containers.map((container) => container.name)),
      [["spark-kubernetes-driver"], ["spark-kubernetes-executor"]],
    );
  });

  it("go to their pools and tolerate the pools' taints", () => {
    const pod = podOf(application().executor.template);
    assert.deepEqual(pod.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms, [
      { matchExpressions: [{ key: "lakehouse.dev/pool", operator: "In", values: ["executors"] }] },
    ]);
    assert.deepEqual(pod.tolerations, [{ key: "lakehouse.dev/pool", operator: "Equal", value: "executors" }]);
  });

  it("are restricted, and write to empty directories only", () => {
    for (const { template } of [application().driver, application().executor]) {
      const pod = podOf(template);
      assert.deepEqual(pod.securityContext, {
        runAsNonRoot: true,
        runAsUser: 185,
        runAsGroup: 185,
        fsGroup: 185,
        fsGroupChangePolicy: "OnRootMismatch",
        seccompProfile: { type: "RuntimeDefault" },
      });
      for (const container of [...pod.containers, ...pod.initContainers]) {
        assert.deepEqual(container.securityContext, {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          runAsNonRoot: true,
          capabilities: { drop: ["ALL"] },
          seccompProfile: { type: "RuntimeDefault" },
        });
      }
    }
  });

  it("name the volume of Spark's local directory so that Spark adds none", () => {
    const pod = podOf(application().executor.template);
    assert.deepEqual(
      pod.containers[0].volumeMounts.map(({ name, mountPath, readOnly = false }) => [name, mountPath, readOnly]),
      [
        ["tmp", "/tmp", false],
        ["work", "/opt/spark/work-dir", false],
        ["spark-local-dir-1", "/var/data/spark", false],
        ["jars", "/opt/lakehouse/jars", true],
      ],
    );
    assert.deepEqual(pod.volumes, [
      { name: "tmp", emptyDir: { sizeLimit: "1Gi" } },
      { name: "work", emptyDir: { sizeLimit: "256Mi" } },
      { name: "spark-local-dir-1", emptyDir: { sizeLimit: "40Gi" } },
      { name: "jars", emptyDir: { sizeLimit: "2Gi" } },
    ]);
  });

  it("give the driver the jobs, read only", () => {
    const pod = podOf(application().driver.template);
    assert.deepEqual(pod.volumes.at(-1), { name: "jobs", configMap: { name: "spark-jobs" } });
    assert.deepEqual(pod.containers[0].volumeMounts.at(-1), {
      name: "jobs",
      mountPath: "/opt/lakehouse/jobs",
      readOnly: true,
    });
  });

  it("fetch libraries in an init container that does not increase the pod's requests", () => {
    const pod = podOf(application().executor.template);
    const [fetch] = pod.initContainers;
    assert.deepEqual(fetch.resources, pod.containers[0].resources);
    assert.deepEqual(
      fetch.volumeMounts.map(({ name, readOnly = false }) => [name, readOnly]),
      [
        ["tmp", false],
        ["jars", false],
      ],
    );
  });

  it("fetch nothing when the image has the libraries", () => {
    const pod = podOf(application({}, null).executor.template);
    assert.equal("initContainers" in pod, false);
    assert.deepEqual(
      pod.volumes.map(({ name }) => name),
      ["tmp", "work", "spark-local-dir-1"],
    );
  });
});
