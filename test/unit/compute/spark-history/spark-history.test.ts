import { deepEqual, equal, match, ok } from "node:assert/strict";

import { directoryScript, environment, files, logDirectory } from "../../../../components/compute/spark-history/config";
import { single } from "../../../../components/compute/spark-history/settings";
import { GiB, MiB } from "../../../../components/core/quantity";
import { settings } from "../fixtures";
import { layer } from "../layer";

const FACTS = {
  store: { url: "http://minio.lakehouse-storage.svc:9000", region: "eu" },
  directory: "s3a://x-services/spark-history/events",
  retentionDays: 30,
  scratch: 3 * GiB,
};

describe("the history server's file", () => {
  const conf = files(FACTS)["history.conf"] ?? "";

  it("has the directory, the days that logs are kept, and a bounded store", () => {
    for (const line of [
      "spark.history.fs.logDirectory=s3a://x-services/spark-history/events",
      "spark.history.fs.cleaner.enabled=true",
      "spark.history.fs.cleaner.maxAge=30d",
      "spark.history.store.maxDiskUsage=2048m",
      "spark.hadoop.fs.s3a.endpoint=http://minio.lakehouse-storage.svc:9000",
    ])
      ok(conf.includes(`${line}\n`), line);
  });

  it("has a heap that leaves 40 % of the pod outside", () => {
    equal(environment(1024 * MiB).SPARK_DAEMON_MEMORY, "614m");
  });
});

describe("the directory of event logs", () => {
  it("is a folder below the service's prefix", () => {
    equal(logDirectory({ bucket: "x-services", prefix: "spark-history/" }), FACTS.directory);
  });

  it("is made by an empty object at the store, with keys that are no arguments", () => {
    const script = directoryScript(FACTS);
    match(script, /http:\/\/minio\.lakehouse-storage\.svc:9000\/x-services\/spark-history\/events\//);
    const arguments_ = script.slice(script.indexOf("curl"));
    ok(!arguments_.includes("SECRET"), arguments_);
  });
});

describe("the history server", () => {
  const made = () => layer(settings({}, { sparkHistory: { enabled: true } }));

  it("may write below its own prefix, and has no right to a table", async () => {
    const { objects } = await made();
    deepEqual(objects.grants.find(({ user }) => user === "spark-history")?.access, [
      { bucket: "x-services", prefix: "spark-history/", level: "write" },
    ]);
  });

  it("is linked with the store and the libraries, and nobody with it", async () => {
    const { ofType } = await made();
    const links = ofType("lakehouse:core:Link").map(({ inputs }) => [inputs.from, inputs.to]);
    const own = links.filter((ends) => ends.some((end) => end.startsWith("spark-history")));
    deepEqual(own.sort(), [
      ["spark-history", "libraries"],
      ["spark-history", "s3"],
    ]);
  });

  it("is one pod", () => {
    const of = settings({}, { sparkHistory: { enabled: true } }).compute.sparkHistory;
    deepEqual([...single(of)], []);
    const [mistake] = [...single({ ...of, server: { ...of.server, replicas: 2 } })];
    match(mistake?.message ?? "", /given 2; allowed: 1/);
  });
});
