import { pinned } from "./pins";

/**
 * Pins that several systems share. Programs that one system runs are in its own `pins.ts`. Versions were read at the sources in
 * November 2026 unless a line says otherwise.
 */

/**
 * Versions that must fit together, as one tuple. `test/unit/pins.test.ts` holds every pin against it.
 * Sources: Iceberg 1.10's engine table, Spark 4.0's and Hive 4.2's pom files (Hadoop, AWS SDK), Trino's release notes.
 */
export const COMPATIBILITY = [
  {
    spark: "4.0.5",
    scala: "2.13",
    iceberg: "1.10.1",
    delta: "4.0.1",
    hiveClient: "4.0.1",
    hive: "4.2.1",
    hadoop: "3.4.1",
    awsSdk: "2.24.6",
    trino: "484",
  },
] as const;

const iceberg = {
  version: "1.10.1",
  licence: "Apache-2.0",
  held: {
    pin: "1.10.1",
    newest: "1.12.0",
    read: "2026-11-28",
    why: "1.12 is for Spark 4.1; 1.10.1 has run with Spark 4.0, Flink 2.0 and Trino through all proofs",
  },
};

const hadoop = {
  version: "3.4.1",
  licence: "Apache-2.0",
  held: {
    pin: "3.4.1",
    newest: "3.4.2",
    read: "2026-11-28",
    why: "the one that Spark 4.0 and Hive 4.2 are built with",
  },
};

const scala = {
  version: "2.13",
  licence: "Apache-2.0",
  held: { pin: "2.13", newest: "3.8", read: "2026-11-28", why: "Spark 4 is built for 2.13 only" },
};

const delta = {
  version: "4.0.1",
  licence: "Apache-2.0",
  held: {
    pin: "4.0.1",
    newest: "4.4.0",
    read: "2026-12-01",
    why: "the last that is built for Spark 4.0 alone; from 4.1 on it needs Delta's kernel and Unity Catalog's client too",
  },
};

const jars = pinned({
  icebergAws: {
    ...iceberg,
    jar: {
      group: "org.apache.iceberg",
      artifact: "iceberg-aws-bundle",
      sha256: "86bf20892ea5b4c17688f19b075399885f6aa5303f6b2dc9f491e76ceef9633b",
    },
  },
  icebergSpark: {
    ...iceberg,
    jar: {
      group: "org.apache.iceberg",
      artifact: `iceberg-spark-runtime-4.0_${scala.version}`,
      sha256: "2192a0881ed0f5773b5a83a8820d2b0b2069beec203028643a1c338551007f09",
    },
  },
  deltaSpark: {
    ...delta,
    jar: {
      group: "io.delta",
      artifact: `delta-spark_${scala.version}`,
      sha256: "a1e76860b19fe1e6b205a4ea7a9099a2f9575d39bb71d49b3e679b299d0efb91",
    },
  },
  deltaStorage: {
    ...delta,
    jar: {
      group: "io.delta",
      artifact: "delta-storage",
      sha256: "ecc42c5aaa51c423312d9e4e48aa4a12b34740bf2c37de0e8f279277ec3d12e4",
    },
  },
  // Delta tables are in the metastore, and Spark's own client asks it for what metastores from 4.0.1 on lack.
  hiveClient: {
    version: "4.0.1",
    licence: "Apache-2.0",
    held: {
      pin: "4.0.1",
      newest: "4.2.1",
      read: "2026-12-01",
      why: "the newest client that Spark 4.0 knows (spark.sql.hive.metastore.version)",
    },
    jar: {
      group: "org.apache.hive",
      artifact: "hive-exec",
      sha256: "dd5e22aed78a7e62d8351e314fb438d90219f5c10014391448d30878c3ed3b03",
      // It has classes of Parquet, Avro and ORC too, which would come before Spark's.
      folder: "metastore-client",
    },
  },
  // Hadoop's file system on S3, for Spark's event logs and Delta. Its AWS SDK is the one in Iceberg's bundle: a class path has one.
  hadoopAws: {
    ...hadoop,
    jar: {
      group: "org.apache.hadoop",
      artifact: "hadoop-aws",
      sha256: "01334a07e179cae2b7e251f24857f11e3759108c9d6a79dcbe362a4295227da2",
    },
  },
  s3TransferManager: {
    version: "2.33.0",
    licence: "Apache-2.0",
    held: {
      pin: "2.33.0",
      newest: "2.54.3",
      read: "2026-11-28",
      why: "the part of the AWS SDK that Iceberg's bundle lacks, in the version of the rest of it there",
    },
    jar: {
      group: "software.amazon.awssdk",
      artifact: "s3-transfer-manager",
      sha256: "bebdf9c498828b8b07117887bf5fb9caa380a67f8406fa7598469e9b5c54cc43",
    },
  },
  // Tells what tables are made of.
  openlineageSpark: {
    version: "1.53.0",
    licence: "Apache-2.0",
    held: {
      pin: "1.53.0",
      newest: "1.54.0",
      read: "2026-12-01",
      why: "the newest whose library for Spark is on Maven Central",
    },
    jar: {
      group: "io.openlineage",
      artifact: `openlineage-spark_${scala.version}`,
      sha256: "5d84b0ae7e72909b5aae7ed87df878bf06b28d9ac3005765c3529d0a66dbae6f",
    },
  },
});

export const shared = {
  ...jars,
  ...pinned({
    iceberg,
    hadoop,
    scala,
    // Jobs, their history and Spark Connect.
    spark: {
      version: "4.0.5",
      licence: "Apache-2.0",
      held: {
        pin: "4.0.5",
        newest: "4.3.0",
        read: "2026-11-28",
        why: "4.0 is the newest line for which Iceberg and Delta have runtimes that were proven together with this metastore",
      },
      image: `docker.io/apache/spark:{version}-scala${scala.version}-java17-python3-ubuntu`,
      lacks: [
        jars.icebergSpark,
        jars.icebergAws,
        jars.hadoopAws,
        jars.s3TransferManager,
        jars.deltaSpark,
        jars.deltaStorage,
        jars.hiveClient,
        jars.openlineageSpark,
      ],
    },
    // CloudNativePG rebuilds the images of a patch release each week: the digest identifies one.
    postgres: {
      version: "18.6",
      licence: "PostgreSQL",
      // `standard` carries pgvector; `system` images are deprecated.
      image: "ghcr.io/cloudnative-pg/postgresql:{version}-standard-trixie",
    },
    // Same release as the server in storage/minio.
    minioClient: {
      version: "2026-09-16T00-00-00Z",
      // Silo and its client keep the headers of MinIO: version 3 "or any later version".
      licence: "AGPL-3.0-or-later",
      image: "docker.io/pgsty/mc:RELEASE.{version}",
    },
    // Exporter of OpenSearch, whose own plugin must fit the server's version to the last digit, and of Elasticsearch.
    elasticsearchExporter: {
      version: "1.9.0",
      licence: "Apache-2.0",
      image: "quay.io/prometheuscommunity/elasticsearch-exporter:v{version}",
    },
    // The newest of the stable line, with the security fixes of October 2026. Serves libraries; its image has curl too.
    nginx: {
      version: "1.30.6",
      licence: "BSD-2-Clause",
      // The variant that runs as a user of its own, on port 8080.
      image: "docker.io/nginxinc/nginx-unprivileged:{version}-alpine",
    },
  }),
};

/** Default repository of libraries; `cluster.mavenMirror` replaces it. */
export const MAVEN_CENTRAL = "https://repo.maven.apache.org/maven2";
