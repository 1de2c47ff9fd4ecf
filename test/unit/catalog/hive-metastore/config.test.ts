import assert from "node:assert/strict";

import fc from "fast-check";

import { dumpScript, uploadScript } from "../../../../components/catalog/hive-metastore/backup";
import * as config from "../../../../components/catalog/hive-metastore/config";
import { ICEBERG_TABLE_DEFAULTS, tableDefaultProperties } from "../../../../components/catalog/iceberg";
import { GiB, MiB } from "../../../../components/core/quantity";

const SITE = { jdbcUrl: "jdbc:postgresql://pg:5432/metastore?a=1&b=2", warehouse: "x-warehouse" };
const S3 = { url: "http://s3:9000", region: "eu-test-1" };

const value = (xml: string, name: string) =>
  new RegExp(`<name>${name.replaceAll(".", "\\.")}</name><value>([^<]*)</value>`).exec(xml)?.[1];

describe("the metastore's heap", () => {
  it("leaves 512 MiB in pods of up to 2 GiB, and a quarter in larger ones", () => {
    assert.equal(config.metastoreHeap(GiB), 512 * MiB);
    assert.equal(config.metastoreHeap(2 * GiB - MiB), 1535 * MiB);
    assert.equal(config.metastoreHeap(2 * GiB), 1536 * MiB);
    assert.equal(config.metastoreHeap(2 * GiB + 4 * MiB), 1539 * MiB);
    assert.equal(config.metastoreHeap(4 * GiB), 3 * GiB);
    assert.equal(config.metastoreHeap(8 * GiB), 6 * GiB);
  });

  it("refuses a pod that cannot hold one", () => {
    assert.throws(() => config.metastoreHeap(GiB - 1), /at least 1Gi, given 1023Mi/);
  });

  it("never takes more than three quarters, and always leaves 512 MiB", () => {
    fc.assert(
      fc.property(fc.integer({ min: GiB, max: 256 * GiB }), (limit) => {
        const heap = config.metastoreHeap(limit);
        assert.ok(heap <= 0.75 * limit && heap <= limit - 512 * MiB && heap % MiB === 0);
      }),
    );
  });

  it("is the only heap option, for servers and for the schema tool", () => {
    const heaps = (env: Record<string, string>) => Object.values(env).flatMap((text) => text.match(/-Xmx\S+/g) ?? []);
    assert.deepEqual(heaps(config.serverEnv(4 * GiB)), ["-Xmx3072m"]);
    assert.deepEqual(heaps(config.schemaEnv(GiB)), ["-Xmx512m"]);
    // Upstream's scripts add these variables, with heaps of their own, to the rendered ones.
    for (const name of ["SERVICE_OPTS", "HADOOP_HEAPSIZE", "HADOOP_HEAPSIZE_MAX", "HADOOP_OPTS"])
      assert.equal(config.serverEnv(4 * GiB)[name], undefined);
  });
});

describe("the metastore's class path", () => {
  it("has S3A from the image and the missing libraries", () => {
    assert.deepEqual(config.serverEnv(4 * GiB).HADOOP_CLASSPATH?.split(":"), [
      "/opt/hadoop/share/hadoop/tools/lib/hadoop-aws-3.4.1.jar",
      "/opt/lakehouse/jars/bundle-2.24.6.jar",
      "/opt/lakehouse/jars/postgresql-42.7.14.jar",
    ]);
  });

  it("of the schema tool has only the driver", () => {
    assert.equal(config.schemaEnv(GiB).HADOOP_CLASSPATH, "/opt/lakehouse/jars/postgresql-42.7.14.jar");
  });
});

describe("metastore-site.xml", () => {
  const site = config.metastoreSite(SITE);

  it("opens the REST catalog without authentication", () => {
    assert.equal(value(site, "metastore.catalog.servlet.port"), "9001");
    assert.equal(value(site, "metastore.catalog.servlet.auth"), "none");
    assert.equal(value(site, "metastore.iceberg.catalog.servlet.path"), "iceberg");
    assert.equal(value(site, "metastore.thrift.port"), "9083");
  });

  it("names the directory of tables twice, and no managed directory above it", () => {
    assert.equal(value(site, "metastore.warehouse.external.dir"), "s3://x-warehouse/tables");
    assert.equal(value(site, "hive.metastore.warehouse.external.dir"), "s3://x-warehouse/tables");
    assert.equal(value(site, "metastore.warehouse.dir"), "s3://x-warehouse/managed");
  });

  it("has credentials only as environment variables, and escapes XML", () => {
    assert.equal(value(site, "javax.jdo.option.ConnectionUserName"), "${env.HMS_DB_USER}");
    assert.equal(value(site, "javax.jdo.option.ConnectionPassword"), "${env.HMS_DB_PASSWORD}");
    assert.equal(value(site, "javax.jdo.option.ConnectionURL"), "jdbc:postgresql://pg:5432/metastore?a=1&amp;b=2");
  });
});

describe("core-site.xml", () => {
  it("reads s3:// by S3A, with keys from the environment", () => {
    const site = config.coreSite(S3);
    assert.equal(value(site, "fs.s3.impl"), "org.apache.hadoop.fs.s3a.S3AFileSystem");
    assert.equal(value(site, "fs.s3a.endpoint"), "http://s3:9000");
    assert.equal(value(site, "fs.s3a.endpoint.region"), "eu-test-1");
    assert.equal(value(site, "fs.s3a.path.style.access"), "true");
    assert.match(value(site, "fs.s3a.aws.credentials.provider") ?? "", /\.EnvironmentVariableCredentialsProvider$/);
    assert.doesNotMatch(site, /access\.key|secret\.key/);
  });

  it("uses TLS if the endpoint does", () => {
    const ssl = (url: string) => value(config.coreSite({ ...S3, url }), "fs.s3a.connection.ssl.enabled");
    assert.deepEqual([ssl("http://s3:9000"), ssl("https://s3.example.org")], ["false", "true"]);
  });
});

describe("the JMX exporter's rules", () => {
  const { rules } = JSON.parse(config.jmxExporter()) as { rules: { pattern: string; name: string }[] };
  const nameOf = (bean: string) => rules.find(({ pattern }) => new RegExp(`^.*(?:${pattern}).*$`).test(bean))?.name;

  it("know the metastore's beans, with and without a type", () => {
    assert.equal(nameOf("metrics<name=api_get_table><>Count: 3"), "hive_metastore_calls_total");
    assert.equal(nameOf("metrics<name=api_get_table, type=timers><>Count: 3"), "hive_metastore_calls_total");
    assert.equal(nameOf("metrics<name=api_get_table><>99thPercentile: 3"), "hive_metastore_call_p99_seconds");
    assert.equal(nameOf("metrics<name=open_connections><>Count: 3"), "hive_metastore_open_connections");
    assert.equal(nameOf("metrics<name=total_count_tables><>Value: 3"), "hive_metastore_objects");
    assert.equal(
      nameOf("metrics<name=objectstore-secondary.pool.PendingConnections><>Value: 3"),
      "hive_metastore_pool_pending",
    );
  });

  it("leave out other metrics, which are dozens of series for each call", () => {
    assert.equal(nameOf("metrics<name=api_get_table><>FifteenMinuteRate: 3"), undefined);
  });
});

describe("the backup's scripts", () => {
  it("dump in pg_dump's custom format, and verify the dump", () => {
    assert.deepEqual(dumpScript().split("\n").slice(1), [
      'pg_dump --format=custom --no-owner --no-privileges --file="$file"',
      'pg_restore --list "$file" > /dev/null',
    ]);
  });

  it("upload below the granted prefix, and delete old dumps after that", () => {
    assert.deepEqual(uploadScript({ bucket: "x-backups", retentionDays: 30 }).split("\n").slice(1), [
      `for file in /backup/*.dump; do mc cp --quiet "$file" 'store/x-backups/hive-metastore/'"\${file##*/}"; done`,
      "mc rm --quiet --recursive --force --older-than 30d 'store/x-backups/hive-metastore/'",
    ]);
  });
});

describe("defaults of Iceberg tables", () => {
  it("are format 2, zstd Parquet of 512 MiB, and limited metadata", () => {
    assert.equal(ICEBERG_TABLE_DEFAULTS["format-version"], "2");
    assert.equal(ICEBERG_TABLE_DEFAULTS["write.parquet.compression-codec"], "zstd");
    assert.equal(ICEBERG_TABLE_DEFAULTS["write.target-file-size-bytes"], "536870912");
    assert.equal(ICEBERG_TABLE_DEFAULTS["write.metadata.delete-after-commit.enabled"], "true");
  });

  it("are given to engines as properties of the catalog", () => {
    assert.equal(tableDefaultProperties()["table-default.format-version"], "2");
    assert.equal(Object.keys(tableDefaultProperties()).length, Object.keys(ICEBERG_TABLE_DEFAULTS).length);
  });
});
