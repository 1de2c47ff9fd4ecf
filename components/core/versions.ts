import { type ImageLock, LOCK_FILE, locked, readLock } from "./image-lock";

/**
 * Every version, image, chart and library in one file. A pin that is not upstream's newest carries its reason.
 * Read at the sources in November 2026 unless a line says otherwise.
 */

/**
 * Libraries that must fit together, as one tuple. `test/unit/core/versions.test.ts` holds every pin against it.
 * Sources: Iceberg 1.10's engine table, Spark 4.0's and Hive 4.2's pom files (Hadoop, AWS SDK), Trino's release notes.
 */
export const COMPATIBILITY = [
  {
    spark: "4.0.2",
    scala: "2.13",
    iceberg: "1.10.1",
    delta: "4.0.0",
    hive: "4.2.1",
    hadoop: "3.4.1",
    awsSdk: "2.24.6",
    trino: "480",
  },
] as const;

export const versions = {
  // 4.0 is the newest line that Iceberg, Delta and the Spark operator all support.
  spark: "4.0.2",
  scala: "2.13",
  // 1.11 exists; 1.10.1 is the newest that was proven with Spark 4.0 and Trino here.
  iceberg: "1.10.1",
  // Serves Iceberg tables by its own REST catalog: Spark's HiveCatalog cannot talk to metastores from 4.0.1 on.
  hive: "4.2.1",
  hadoop: "3.4.1",
  awsSdk: "2.24.6",
  // The official chart's default; 481 and later rename fs.native-s3.enabled.
  trino: "480",
  postgres: "18",
  postgresJdbc: "42.7.8",
  minio: "2026-09-16T00-00-00Z",
  jmxExporter: "1.0.1",
  sparkOperator: "2.5.2",
  cloudNativePg: "1.30.0",
  barmanPlugin: "0.13.0",
  maven: "3.9.11",
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
  maven: `docker.io/library/maven:${versions.maven}-eclipse-temurin-17`,
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
} as const satisfies Record<string, ChartPin>;

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
    sha256: "2a32a9dcbc42d67a50ad3a0de5efd102c8d2be46720045f2cbd6689f160ab7c7",
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
} as const satisfies Record<string, JarPin>;
