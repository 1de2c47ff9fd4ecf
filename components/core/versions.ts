import { type ImageLock, LOCK_FILE, locked, readLock } from "./image-lock";

/**
 * Every version, image, chart and library in one file. Why a pin is not upstream's newest stands in held.ts.
 * Read at the sources in November 2026 unless a line says otherwise.
 */

/**
 * Libraries that must fit together, as one tuple. `test/unit/core/versions.test.ts` holds every pin against it.
 * Sources: Iceberg 1.10's engine table, Spark 4.0's and Hive 4.2's pom files (Hadoop, AWS SDK), Trino's release notes.
 */
export const COMPATIBILITY = [
  {
    spark: "4.0.5",
    scala: "2.13",
    iceberg: "1.10.1",
    delta: "4.0.0",
    hive: "4.2.1",
    hadoop: "3.4.1",
    awsSdk: "2.24.6",
    trino: "484",
  },
] as const;

export const versions = {
  spark: "4.0.5",
  scala: "2.13",
  iceberg: "1.10.1",
  // Serves Iceberg tables by its own REST catalog: Spark's HiveCatalog cannot talk to metastores from 4.0.1 on.
  hive: "4.2.1",
  hadoop: "3.4.1",
  awsSdk: "2.24.6",
  // Upstream's newest. Each before it gives wrong results that it mends: joins on char, MERGE, casts of decimals (484), outer joins (483).
  trino: "484",
  // Images of CloudNativePG are made anew each week for the same patch: the digest says which.
  postgres: "18.6",
  // 42.7.11 mends CVE-2026-42198.
  postgresJdbc: "42.7.14",
  minio: "2026-09-16T00-00-00Z",
  jmxExporter: "1.0.1",
  sparkOperator: "2.5.2",
  cloudNativePg: "1.30.0",
  barmanPlugin: "0.13.0",
  // The newest of the stable line, with the security fixes of October 2026. Serves libraries; its image has curl too.
  nginx: "1.30.6",
  // Runs Kafka 4.2.0 to 4.3.1 and knows the API version v1 only.
  strimzi: "1.2.0",
  kafka: "4.3.1",
  debezium: "3.6.1.Final",
  flink: "2.0.2",
  // Built for the line, not for the patch: connector version, then Flink's.
  flinkKafka: "4.0.1-2.0",
  // Runs Flink 1.13 to 2.4.
  flinkOperator: "1.15.0",
} as const;

/** Container images by pinned tag. */
export const tags = {
  spark: `docker.io/apache/spark:${versions.spark}-scala${versions.scala}-java17-python3-ubuntu`,
  hiveMetastore: `docker.io/apache/hive:standalone-metastore-${versions.hive}`,
  trino: `docker.io/trinodb/trino:${versions.trino}`,
  // `standard` carries pgvector; `system` images are deprecated.
  postgres: `ghcr.io/cloudnative-pg/postgresql:${versions.postgres}-standard-trixie`,
  // The community images of MinIO can no longer be pulled; Silo is the maintained drop-in with the same API.
  minio: `docker.io/pgsty/silo:RELEASE.${versions.minio}`,
  minioClient: `docker.io/pgsty/mc:RELEASE.${versions.minio}`,
  // The variant that runs as a user of its own, on port 8080.
  nginx: `docker.io/nginxinc/nginx-unprivileged:${versions.nginx}-alpine`,
  kafka: `quay.io/strimzi/kafka:${versions.strimzi}-kafka-${versions.kafka}`,
  strimzi: `quay.io/strimzi/operator:${versions.strimzi}`,
  // Only what is below /kafka/connect is used of it, as a volume.
  debezium: `quay.io/debezium/connect:${versions.debezium}`,
  flink: `docker.io/library/flink:${versions.flink}-scala_2.12-java17`,
  flinkOperator: `ghcr.io/apache/flink-kubernetes-operator:${versions.flinkOperator}`,
  // What the charts of these would take by themselves.
  sparkOperator: `ghcr.io/kubeflow/spark-operator/controller:${versions.sparkOperator}`,
  cloudNativePg: `ghcr.io/cloudnative-pg/cloudnative-pg:${versions.cloudNativePg}`,
  barmanPlugin: `ghcr.io/cloudnative-pg/plugin-barman-cloud:v${versions.barmanPlugin}`,
  barmanSidecar: `ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:v${versions.barmanPlugin}`,
} as const;

/** Container images as pods name them: with the digest too where `images.lock.json` has it for that very tag. */
export const images = withDigests(tags, readLock(LOCK_FILE));

export function withDigests<Name extends string>(
  all: Readonly<Record<Name, string>>,
  lock: ImageLock,
): Readonly<Record<Name, string>> {
  const entries = Object.entries<string>(all).map(([name, image]) => [name, locked(image, lock)]);
  return Object.fromEntries(entries) as Record<Name, string>;
}

/** Trino's image of any version: stacks go over to another one by one. */
export const trinoImage = (version: string): string =>
  version === versions.trino ? images.trino : `docker.io/trinodb/trino:${version}`;

export interface ChartPin {
  readonly chart: string;
  readonly version: string;
  readonly repository: string;
  /** Version of the software in it. */
  readonly app: string;
}

/** Helm charts of operators. */
export const charts = {
  sparkOperator: {
    chart: "spark-operator",
    version: "2.5.2",
    repository: "https://kubeflow.github.io/spark-operator",
    app: versions.sparkOperator,
  },
  cloudNativePg: {
    chart: "cloudnative-pg",
    version: "0.29.0",
    repository: "https://cloudnative-pg.github.io/charts",
    app: versions.cloudNativePg,
  },
  barmanPlugin: {
    chart: "plugin-barman-cloud",
    version: "0.7.0",
    repository: "https://cloudnative-pg.github.io/charts",
    app: versions.barmanPlugin,
  },
  strimzi: {
    chart: "strimzi-kafka-operator",
    version: versions.strimzi,
    repository: "oci://quay.io/strimzi-helm",
    app: versions.strimzi,
  },
  flinkOperator: {
    chart: "flink-kubernetes-operator",
    version: versions.flinkOperator,
    // The address has the version in it, and only the archive keeps those that have a successor.
    repository: `https://archive.apache.org/dist/flink/flink-kubernetes-operator-${versions.flinkOperator}/`,
    app: versions.flinkOperator,
  },
} as const satisfies Record<string, ChartPin>;

/** Where libraries are published. `cluster.mavenMirror` takes its place. */
export const MAVEN_CENTRAL = "https://repo.maven.apache.org/maven2";

/** A library by its Maven coordinates. */
export interface JarPin {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
  readonly sha256: string;
}

/** Libraries that upstream's images lack, with the sums of the published files. */
export const jars = {
  postgresJdbc: {
    group: "org.postgresql",
    artifact: "postgresql",
    version: versions.postgresJdbc,
    sha256: "73914527305a40cce504b0d3d90b23caf565136912d607ae8ae7c5895512332c",
  },
  awsSdk: {
    group: "software.amazon.awssdk",
    artifact: "bundle",
    version: versions.awsSdk,
    sha256: "890bf9f2a80488f7a8aa8277d64d13a9ea3a3cdff8607ef3b63a878d8b467b41",
  },
  icebergSpark: {
    group: "org.apache.iceberg",
    artifact: `iceberg-spark-runtime-4.0_${versions.scala}`,
    version: versions.iceberg,
    sha256: "2192a0881ed0f5773b5a83a8820d2b0b2069beec203028643a1c338551007f09",
  },
  icebergAws: {
    group: "org.apache.iceberg",
    artifact: "iceberg-aws-bundle",
    version: versions.iceberg,
    sha256: "86bf20892ea5b4c17688f19b075399885f6aa5303f6b2dc9f491e76ceef9633b",
  },
  jmxExporter: {
    group: "io.prometheus.jmx",
    artifact: "jmx_prometheus_javaagent",
    version: versions.jmxExporter,
    sha256: "7d61f737fd661610ccc14aea79764faa1ea94a340cbc8f0029b3d2edea3d80c1",
  },
  icebergFlink: {
    group: "org.apache.iceberg",
    artifact: "iceberg-flink-runtime-2.0",
    version: versions.iceberg,
    sha256: "5237fc834c6388ff3ff08d7d309b3d318a77aef9f533fa55d5142cfc26628615",
  },
  flinkKafka: {
    group: "org.apache.flink",
    artifact: "flink-sql-connector-kafka",
    version: versions.flinkKafka,
    sha256: "c7127a6518fba5d6b75eb4692229192e7147ea378e69c7b7cf16d0494057b0c3",
  },
  // Iceberg's catalog for Flink does not load without Hadoop's classes, even where nothing of Hadoop is used.
  hadoopApi: {
    group: "org.apache.hadoop",
    artifact: "hadoop-client-api",
    version: versions.hadoop,
    sha256: "a964d4daa054c9615bbafb4553efbb140fa7fb9ac6f358a24393f183a5703438",
  },
  hadoopRuntime: {
    group: "org.apache.hadoop",
    artifact: "hadoop-client-runtime",
    version: versions.hadoop,
    sha256: "f6a800a159f918670db533606d33560d6c13b7e13f14eda493280ae33b9eeb2f",
  },
} as const satisfies Record<string, JarPin>;
