import type { charts, images, jars } from "./versions";

/**
 * SPDX licences of everything in versions.ts: of the program that a pin is named for, not of every package in an image.
 * Sources: our notes on each upstream (November 2026). Lines marked "pom" are from the metadata that the project publishes on
 * Maven Central, as we know it, not read again at the source.
 */

/** An SPDX identifier such as `Apache-2.0`. */
export type Licence = string;

export const imageLicences: Readonly<Record<keyof typeof images, Licence>> = {
  spark: "Apache-2.0",
  hiveMetastore: "Apache-2.0",
  trino: "Apache-2.0",
  postgres: "PostgreSQL",
  // Silo and its client keep the headers of MinIO: version 3 "or any later version".
  minio: "AGPL-3.0-or-later",
  minioClient: "AGPL-3.0-or-later",
  nginx: "BSD-2-Clause",
  kafka: "Apache-2.0",
  strimzi: "Apache-2.0",
  debezium: "Apache-2.0",
  flink: "Apache-2.0",
  flinkOperator: "Apache-2.0",
  sparkOperator: "Apache-2.0",
  cloudNativePg: "Apache-2.0",
  barmanPlugin: "Apache-2.0",
  barmanSidecar: "Apache-2.0",
};

export const chartLicences: Readonly<Record<keyof typeof charts, Licence>> = {
  sparkOperator: "Apache-2.0",
  cloudNativePg: "Apache-2.0",
  barmanPlugin: "Apache-2.0",
  strimzi: "Apache-2.0",
  flinkOperator: "Apache-2.0",
};

export const jarLicences: Readonly<Record<keyof typeof jars, Licence>> = {
  // Pom, all but Iceberg's.
  postgresJdbc: "BSD-2-Clause",
  awsSdk: "Apache-2.0",
  icebergSpark: "Apache-2.0",
  icebergAws: "Apache-2.0",
  jmxExporter: "Apache-2.0",
  icebergFlink: "Apache-2.0",
  flinkKafka: "Apache-2.0",
  hadoopApi: "Apache-2.0",
  hadoopRuntime: "Apache-2.0",
};

/** `AGPL-3.0` stands for `AGPL-3.0-only` and `AGPL-3.0-or-later` too, and the other way round. */
export function sameLicence(one: Licence, other: Licence): boolean {
  const family = (licence: Licence) => licence.toLowerCase().replace(/(-only|-or-later|\+)$/, "");
  return family(one) === family(other);
}
