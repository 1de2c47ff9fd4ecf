import { type Endpoint, isSecure, url } from "../../core/endpoint";
import { properties } from "../../core/render";
import { CA_FILE } from "../../core/trust";
import { TABLE_RULES } from "./access";
import { STAGING_PATH } from "./config";

/** Catalog files, as pure functions of endpoints. Presto's names for S3 are not Trino's. */

/** Access to the object store; keys are in the environment. */
function s3(url: string, staged: boolean): Record<string, string | boolean> {
  return {
    "hive.s3.endpoint": url,
    "hive.s3.ssl.enabled": url.startsWith("https:"),
    "hive.s3.path-style-access": true,
    "hive.s3.aws-access-key": "${ENV:PRESTO_S3_ACCESS_KEY}",
    "hive.s3.aws-secret-key": "${ENV:PRESTO_S3_SECRET_KEY}",
    ...(staged ? { "hive.s3.staging-directory": STAGING_PATH } : {}),
  };
}

export interface CatalogFacts {
  /** URL of the object store. */
  readonly s3Url: string;
  /** Whether files are written. */
  readonly writes: boolean;
}

/** Iceberg tables, by the metastore's REST catalog. */
export function icebergCatalog(restUrl: string, { s3Url, writes }: CatalogFacts): string {
  return properties({
    "connector.name": "iceberg",
    "iceberg.catalog.type": "REST",
    "iceberg.rest.uri": restUrl,
    "iceberg.file-format": "PARQUET",
    // Its Parquet writer has no ZSTD: with that every write fails.
    "iceberg.compression-codec": "GZIP",
    "iceberg.security": "file",
    "security.config-file": TABLE_RULES,
    ...s3(s3Url, writes),
  });
}

/** Hive tables, by the metastore's Thrift port. Never written to. */
export function hiveCatalog(thrift: Endpoint, { s3Url }: Pick<CatalogFacts, "s3Url">): string {
  const tls = "hive.metastore.thrift.client.tls";
  return properties({
    "connector.name": "hive-hadoop2",
    "hive.metastore.uri": url(thrift),
    ...(isSecure(thrift) ? { [`${tls}.enabled`]: true, [`${tls}.truststore-path`]: CA_FILE } : {}),
    "hive.security": "read-only",
    ...s3(s3Url, false),
  });
}
