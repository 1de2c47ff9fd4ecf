import assert from "node:assert/strict";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";

import { outsideEndpoint } from "../../../../components/core/endpoint";
import { PROJECT } from "../../../../components/core/project";
import { MiB } from "../../../../components/core/quantity";
import { sparkConf, sparkMemory, sparkSize, taskSlots } from "../../../../components/compute/spark-conf";
import { jobFiles, SPARK_JOBS } from "../../../../components/compute/spark/jobs";

const THRIFT = outsideEndpoint({ name: "hms", url: "thrift://metastore:9083", cidrs: [], reason: "" });

describe("memory of Spark's pods", () => {
  const inMiB = (mib: number) => {
    const { heap, overhead } = sparkMemory(mib * MiB);
    return [heap / MiB, overhead / MiB];
  };

  it("leaves 40 % of the pod outside the heap", () => {
    assert.deepEqual(inMiB(4096), [2457, 1639]);
    assert.deepEqual(inMiB(8192), [4915, 3277]);
    assert.deepEqual(inMiB(16384), [9830, 6554]);
  });

  it("leaves at least 384 MiB, which is 40 % of 960 MiB", () => {
    assert.deepEqual(inMiB(961), [576, 385]);
    assert.deepEqual(inMiB(960), [576, 384]);
    assert.deepEqual(inMiB(959), [575, 384]);
    assert.deepEqual(inMiB(896), [512, 384]);
  });

  it("refuses pods whose heap Spark would refuse", () => {
    assert.throws(() => sparkMemory(895 * MiB), {
      name: "RangeError",
      message: "Spark needs pods of at least 896Mi, given 895Mi",
    });
  });

  it("adds up to the pod in whole MiB, and gives Python at least Spark's own share", () => {
    fc.assert(
      fc.property(fc.integer({ min: 896 * MiB, max: 2 ** 40 }), (limit) => {
        const { heap, overhead } = sparkMemory(limit);
        assert.equal((heap + overhead) / MiB, Math.floor(limit / MiB));
        assert.equal(heap % MiB, 0);
        assert.ok(overhead >= Math.max(384 * MiB, 0.4 * heap));
      }),
    );
  });

  it("is written in Spark's unit m, which is MiB", () => {
    assert.equal(sparkSize(2457 * MiB), "2457m");
  });
});

describe("task slots", () => {
  it("are the whole requested cores, at least one", () => {
    assert.deepEqual([0.25, 0.99, 1, 1.99, 2, 4].map(taskSlots), [1, 1, 1, 1, 2, 4]);
  });
});

describe("Spark's configuration", () => {
  const FACTS = {
    restUrl: "http://catalog:9001/iceberg",
    s3: { url: "http://s3:9000", region: "eu-test-1", properties: { "client.legacy-md5-plugin-enabled": "true" } },
    locations: { bronze: "s3://x-bronze/", silver: "s3://x-silver/", gold: "s3://x-gold/" },
    tableDefaults: { "format-version": "2", "write.parquet.compression-codec": "zstd" },
  };
  const conf = sparkConf(FACTS);

  it("is sorted, so that a diff shows only changed keys", () => {
    assert.deepEqual(Object.keys(conf), Object.keys(conf).sort());
  });

  it("uses the REST catalog for Iceberg tables and S3FileIO for their files", () => {
    const catalog = Object.entries(conf).filter(([key]) => key.startsWith("spark.sql.catalog."));
    assert.deepEqual(Object.fromEntries(catalog), {
      "spark.sql.catalog.lakehouse": "org.apache.iceberg.spark.SparkCatalog",
      "spark.sql.catalog.lakehouse.cache-enabled": "false",
      "spark.sql.catalog.lakehouse.client.legacy-md5-plugin-enabled": "true",
      "spark.sql.catalog.lakehouse.client.region": "eu-test-1",
      "spark.sql.catalog.lakehouse.io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
      "spark.sql.catalog.lakehouse.s3.endpoint": "http://s3:9000",
      "spark.sql.catalog.lakehouse.s3.path-style-access": "true",
      "spark.sql.catalog.lakehouse.table-default.format-version": "2",
      "spark.sql.catalog.lakehouse.table-default.write.parquet.compression-codec": "zstd",
      "spark.sql.catalog.lakehouse.type": "rest",
      "spark.sql.catalog.lakehouse.uri": "http://catalog:9001/iceberg",
    });
    assert.equal(conf["spark.sql.extensions"], "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions");
    assert.equal(conf["spark.sql.defaultCatalog"], "lakehouse");
  });

  it("has Delta in Spark's own catalog, which is the metastore by a client of its own, where tables are Delta", () => {
    const delta = sparkConf({
      ...FACTS,
      delta: { thrift: THRIFT, warehouse: "s3://x-warehouse/" },
      formats: { said: { "marts": "delta", "silver.events": "iceberg 3" } },
    });
    const more = Object.entries(delta).filter(([key]) => conf[key] === undefined && !key.includes("s3a"));
    assert.deepEqual(Object.fromEntries(more), {
      "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
      "spark.hadoop.hive.metastore.uris": "thrift://metastore:9083",
      "spark.lakehouse.format.marts": "delta",
      "spark.lakehouse.format.silver.events": "iceberg 3",
      "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
      "spark.sql.catalogImplementation": "hive",
      "spark.sql.hive.metastore.jars": "path",
      "spark.sql.hive.metastore.jars.path":
        "/opt/lakehouse/jars/metastore-client/hive-exec-4.0.1.jar,/opt/spark/jars/commons-*.jar",
      "spark.sql.hive.metastore.version": "4.0.1",
      "spark.sql.warehouse.dir": "s3://x-warehouse/tables",
    });
    assert.equal(
      delta["spark.sql.extensions"],
      `${conf["spark.sql.extensions"] ?? ""},io.delta.sql.DeltaSparkSessionExtension`,
    );
  });

  it("tells jobs the location of each layer's namespace", () => {
    assert.deepEqual(
      ["bronze", "silver", "gold"].map((layer) => conf[`spark.lakehouse.location.${layer}`]),
      ["s3://x-bronze/", "s3://x-silver/", "s3://x-gold/"],
    );
  });

  it("uses exactly the ports that network policies open", () => {
    const ports = Object.entries(conf).filter(([key]) => /[pP]ort(\.|$)/.test(key) && !key.startsWith("spark.sql"));
    assert.deepEqual(Object.fromEntries(ports), {
      "spark.blockManager.port": "7079",
      "spark.driver.blockManager.port": "7079",
      "spark.driver.port": "7078",
      "spark.port.maxRetries": "0",
      "spark.ui.port": "4040",
    });
  });

  it("authenticates drivers and executors by a secret of each run", () => {
    assert.equal(conf["spark.authenticate"], "true");
  });

  it("loads the libraries first, and writes shuffle files to the pod's volume", () => {
    assert.equal(conf["spark.driver.extraClassPath"], "/opt/lakehouse/jars/*");
    assert.equal(conf["spark.executor.extraClassPath"], "/opt/lakehouse/jars/*");
    assert.equal(conf["spark.local.dir"], "/var/data/spark");
  });

  it("sets nothing that the operator refuses or that Spark adds to a pod's size", () => {
    // internal/webhook/sparkconf_validator.go of the operator 2.5; `spark.executor.pyspark.memory` is added to the pod.
    const refused =
      /^spark\.(master|kubernetes\.(authenticate|driver\.master|namespace|(driver\.|executor\.)?container\.image)|executor\.pyspark\.memory|memory\.offHeap)/;
    assert.deepEqual(
      Object.keys(conf).filter((key) => refused.test(key)),
      [],
    );
  });
});

describe("job files", () => {
  it("are the Python files of a directory, sorted, and nothing else", () => {
    const directory = mkdtempSync(join(tmpdir(), "jobs-"));
    for (const name of ["b.py", "a.py", "README.md"]) writeFileSync(join(directory, name), `# ${name}\n`);
    assert.deepEqual(Object.entries(jobFiles(directory)), [
      ["a.py", "# a.py\n"],
      ["b.py", "# b.py\n"],
    ]);
  });

  it("contain every job and the modules that jobs import", () => {
    const files = jobFiles();
    for (const { file } of SPARK_JOBS) assert.ok(file in files, `${file} is not in pipelines/spark`);
    const imported = Object.values(files).flatMap((text) => [...text.matchAll(/^(?:import|from) (lakehouse_\w+)/gm)]);
    for (const [, module = ""] of imported)
      assert.ok(`${module}.py` in files, `${module}.py is not in pipelines/spark`);
    assert.ok(existsSync(join(PROJECT, "pipelines", "spark")));
  });

  it("fit a ConfigMap, whose limit is 1 MiB", () => {
    assert.ok(Buffer.byteLength(JSON.stringify(jobFiles())) < 0.9 * MiB);
  });

  it("belong to jobs whose names are valid for a Service", () => {
    // The operator's webhook: a DNS-1035 label. The scheduler adds a suffix of 9, and a driver `-driver-svc`.
    for (const { name } of SPARK_JOBS) assert.match(name, /^[a-z]([-a-z0-9]{0,40}[a-z0-9])?$/);
  });
});
