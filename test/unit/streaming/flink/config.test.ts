import assert from "node:assert/strict";

import { MiB } from "../../../../components/core/quantity";
import { flinkConfiguration, LEAST_MEMORY, processMemory, slots } from "../../../../components/streaming/flink/config";
import { flink } from "../../../../components/streaming/flink/system";

const configuration = (over: Partial<Parameters<typeof flinkConfiguration>[0]> = {}) =>
  flinkConfiguration({
    s3: { url: "http://s3.x.svc:9000" },
    bucket: "x-warehouse",
    cores: 2,
    cpuBurst: { jobmanager: 2, taskmanager: 1.5 },
    checkpointSeconds: 60,
    ...over,
  });

describe("Flink's configuration", () => {
  it("keeps state on disk, and checkpoints, savepoints and metadata of leaders below one prefix of the bucket", () => {
    const conf = configuration();
    assert.deepEqual(
      Object.entries(conf).filter(([, value]) => value.startsWith("s3://")),
      [
        ["execution.checkpointing.dir", "s3://x-warehouse/_flink/checkpoints"],
        ["execution.checkpointing.savepoint-dir", "s3://x-warehouse/_flink/savepoints"],
        ["high-availability.storageDir", "s3://x-warehouse/_flink/ha"],
      ],
    );
    assert.equal(conf["state.backend.type"], "rocksdb");
    assert.equal(conf["execution.checkpointing.incremental"], "true");
    assert.equal(conf["execution.checkpointing.mode"], "EXACTLY_ONCE");
    assert.equal(conf["high-availability.type"], "kubernetes");
  });

  it("takes checkpoints at the interval of the settings, with half of it as minimum pause", () => {
    const conf = configuration({ checkpointSeconds: 15 });
    assert.equal(conf["execution.checkpointing.interval"], "15 s");
    assert.equal(conf["execution.checkpointing.min-pause"], "8 s");
  });

  it("has fixed ports only", () => {
    const conf = configuration();
    assert.deepEqual(
      Object.entries(conf).filter(([key]) => key.endsWith("port")),
      [
        ["blob.server.port", "6124"],
        ["high-availability.jobmanager.port", "6123"],
        ["jobmanager.rpc.port", "6123"],
        ["metrics.internal.query-service.port", "6125"],
        ["metrics.reporter.prom.port", "9249"],
        ["rest.port", "8081"],
        ["taskmanager.data.port", "6121"],
        ["taskmanager.rpc.port", "6122"],
      ],
    );
  });

  it("limits CPU by a factor of the request", () => {
    const conf = configuration();
    assert.equal(conf["kubernetes.jobmanager.cpu.limit-factor"], "2");
    assert.equal(conf["kubernetes.taskmanager.cpu.limit-factor"], "1.5");
  });

  it("is sorted and has no credentials", () => {
    const keys = Object.keys(configuration());
    assert.deepEqual(keys, [...keys].sort());
    assert.deepEqual(
      keys.filter((key) => /access[.-]?key|secret|password/i.test(key)),
      [],
    );
  });

  it("allows no changes in its web interface, which has no login", () => {
    const conf = configuration();
    for (const key of ["web.submit.enable", "web.cancel.enable", "web.rescale.enable"])
      assert.equal(conf[key], "false");
  });
});

describe("a pod of Flink", () => {
  it("is a process with the pod's whole limit, in Flink's MiB", () => {
    assert.equal(processMemory(2048 * MiB, "jobmanager"), "2048m");
    assert.equal(processMemory(4096 * MiB, "taskmanager"), "4096m");
    assert.equal(processMemory(1536.9 * MiB, "taskmanager"), "1536m");
  });

  it("is refused if it is too small for Flink's memory model", () => {
    assert.equal(processMemory(1024 * MiB, "jobmanager"), "1024m");
    assert.throws(() => processMemory(1023 * MiB, "jobmanager"), /at least 1024Mi, given 1023Mi/);
    assert.throws(() => processMemory(1535 * MiB, "taskmanager"), /at least 1536Mi, given 1535Mi/);
  });

  it("has the least size of the settings", () => {
    assert.equal(flink.least!.jobManager, LEAST_MEMORY.jobmanager);
    assert.equal(flink.least!.taskManager, LEAST_MEMORY.taskmanager);
  });

  it("has a slot for each whole core, at least one", () => {
    assert.deepEqual([0.25, 1, 1.9, 2, 4.5].map(slots), [1, 1, 1, 2, 4]);
  });
});
