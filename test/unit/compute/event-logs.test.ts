import { deepEqual, equal } from "node:assert/strict";

import { eventLogConf, s3aConf, sparkFor } from "../../../components/compute/event-logs";
import { sparkConf } from "../../../components/compute/spark-conf";

const STORE = { url: "http://s3:9000", region: "eu-test-1" };
const FACTS = {
  restUrl: "http://catalog:9001/iceberg",
  s3: { ...STORE, properties: {} },
  locations: {},
  tableDefaults: {},
};

describe("event logs of Spark's applications", () => {
  it("are compressed, in files of 16 MiB, in the given directory", () => {
    const conf = eventLogConf({ directory: "s3a://x/spark-history/events" }, STORE);
    deepEqual(Object.fromEntries(Object.entries(conf).filter(([key]) => key.startsWith("spark.eventLog."))), {
      "spark.eventLog.enabled": "true",
      "spark.eventLog.dir": "s3a://x/spark-history/events",
      "spark.eventLog.compress": "true",
      "spark.eventLog.compression.codec": "zstd",
      "spark.eventLog.rolling.enabled": "true",
      "spark.eventLog.rolling.maxFileSize": "16m",
    });
  });

  it("are written with the keys of variables alone, encrypted where the store's URL is", () => {
    equal(s3aConf(STORE)["spark.hadoop.fs.s3a.connection.ssl.enabled"], "false");
    const conf = s3aConf({ ...STORE, url: "https://s3.example.org" });
    equal(conf["spark.hadoop.fs.s3a.connection.ssl.enabled"], "true");
    equal(conf["spark.hadoop.fs.s3a.endpoint"], "https://s3.example.org");
    deepEqual(
      Object.entries(conf).filter(([key]) => /provider|access\.key|secret\.key/.test(key)),
      [
        [
          "spark.hadoop.fs.s3a.aws.credentials.provider",
          "software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider",
        ],
      ],
    );
  });

  it("need nothing in a stack without a history", () => {
    const keys = Object.keys(sparkConf(FACTS)).filter((key) => /eventLog|s3a/.test(key));
    deepEqual(keys, []);
    const artifacts = (given: Parameters<typeof sparkFor>[0]) => sparkFor(given).lacks.map(({ name }) => name);
    deepEqual(artifacts({ tables: true, eventLogs: false }), ["icebergSpark", "icebergAws"]);
    deepEqual(artifacts({ tables: true, eventLogs: true }), [
      "icebergSpark",
      "icebergAws",
      "hadoopAws",
      "s3TransferManager",
    ]);
    deepEqual(artifacts({ tables: false, eventLogs: true }), ["icebergAws", "hadoopAws", "s3TransferManager"]);
  });
});
