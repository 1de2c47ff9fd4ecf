import type { TableCatalog } from "../core/capabilities";
import { type Endpoint, isSecure, url } from "../core/endpoint";
import { jarPath } from "../core/jars";
import type { TableFormats } from "../core/table-formats";
import { JAVA_CA_FILE } from "../core/trust";
import { TRUST_STORE_PASSWORD } from "../core/truststore";
import { shared } from "../core/versions";
import { s3aConf, type S3Facts } from "./event-logs";

/** Delta in Spark, as pure functions of endpoints. */

/** Delta works in Spark's own catalog alone, which is the metastore: `spark_catalog.gold.daily_events`, in Trino `delta.gold.daily_events`. */
export const DELTA_CATALOG = "spark_catalog";
export const DELTA_EXTENSION = "io.delta.sql.DeltaSparkSessionExtension";

/** What the metastore's client needs of Spark's own libraries: it sees nothing else of the class path. */
const SPARK_COMMONS = "/opt/spark/jars/commons-*.jar";

export interface DeltaFacts {
  readonly thrift: Endpoint;
  /** Location of tables without one of their own: `s3://warehouse/`. */
  readonly warehouse: string;
}

export const deltaFacts = ({ thrift, warehouse }: Pick<TableCatalog, "thrift" | "warehouse">): DeltaFacts => ({
  thrift,
  warehouse,
});

/** Hive's client has a trust store of its own; the password of one protects nothing. */
const VERIFIED = {
  "spark.hadoop.hive.metastore.use.SSL": "true",
  "spark.hadoop.hive.metastore.truststore.path": JAVA_CA_FILE,
  "spark.hadoop.hive.metastore.truststore.password": TRUST_STORE_PASSWORD,
};

/** Configuration beside the extension. Delta's files go through Hadoop's file system, and not through Iceberg's. */
export const deltaConf = ({ thrift, warehouse }: DeltaFacts, store: S3Facts): Record<string, string> => ({
  ...s3aConf(store),
  // Locations are the ones that other engines write.
  "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
  [`spark.sql.catalog.${DELTA_CATALOG}`]: "org.apache.spark.sql.delta.catalog.DeltaCatalog",
  "spark.sql.catalogImplementation": "hive",
  "spark.sql.warehouse.dir": `${warehouse}tables`,
  "spark.hadoop.hive.metastore.uris": url(thrift),
  ...(isSecure(thrift) ? VERIFIED : {}),
  // Spark's own client calls `get_table`, which metastores from 4.0.1 on lack.
  "spark.sql.hive.metastore.version": shared.hiveClient.version,
  "spark.sql.hive.metastore.jars": "path",
  "spark.sql.hive.metastore.jars.path": `${jarPath(shared.hiveClient.jar)},${SPARK_COMMONS}`,
});

/** Formats of tables as jobs read them: `spark.lakehouse.format.gold.daily_events`. */
export const formatConf = ({ said }: Pick<TableFormats, "said">): Record<string, string> =>
  Object.fromEntries(Object.entries(said).map(([name, format]) => [`spark.lakehouse.format.${name}`, format]));
