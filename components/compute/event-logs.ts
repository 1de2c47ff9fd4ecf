import type { EventLogs } from "../core/capabilities";
import type { IncompletePin } from "../core/pins";
import { MiB } from "../core/quantity";
import { shared } from "../core/versions";

/** What drivers write of their applications to the object store, and the history server reads. Pure. */

/** The store as Hadoop's file system on S3 knows it. */
export interface S3Facts {
  /** `http://minio.lakehouse-storage.svc:9000` */
  readonly url: string;
  readonly region: string;
}

/** Bytes of one file of a log. A store shows a file once it is closed, so this is what an application that runs is behind. */
const ROLL = 16 * MiB;
/** Files of one log that keep every event: a server rewrites older ones without what has ended. */
export const ROLLS_KEPT = 10;

/** Hadoop's file system on S3. Its keys come from the variables that Iceberg's client reads too. */
export const s3aConf = ({ url, region }: S3Facts): Record<string, string> => ({
  "spark.hadoop.fs.s3a.endpoint": url,
  "spark.hadoop.fs.s3a.endpoint.region": region,
  "spark.hadoop.fs.s3a.path.style.access": "true",
  "spark.hadoop.fs.s3a.connection.ssl.enabled": String(url.startsWith("https:")),
  "spark.hadoop.fs.s3a.aws.credentials.provider":
    "software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider",
});

/** Configuration of an application that writes its log. */
export const eventLogConf = ({ directory }: Pick<EventLogs, "directory">, store: S3Facts): Record<string, string> => ({
  ...s3aConf(store),
  "spark.eventLog.enabled": "true",
  "spark.eventLog.dir": directory,
  "spark.eventLog.compress": "true",
  "spark.eventLog.compression.codec": "zstd",
  "spark.eventLog.rolling.enabled": "true",
  "spark.eventLog.rolling.maxFileSize": `${String(ROLL / MiB)}m`,
});

/**
 * Spark with the libraries that its image lacks for some purpose: of applications on tables, with or without event logs, Delta and
 * lineage, and of the history server.
 */
export function sparkFor({
  tables,
  eventLogs,
  delta = false,
  lineage = false,
}: {
  readonly tables: boolean;
  readonly eventLogs: boolean;
  readonly delta?: boolean;
  readonly lineage?: boolean;
}): IncompletePin {
  const { spark, icebergSpark, icebergAws, hadoopAws, s3TransferManager, deltaSpark, deltaStorage, hiveClient } =
    shared;
  return {
    ...spark,
    lacks: [
      ...(tables ? [icebergSpark] : []),
      // Its AWS SDK serves Hadoop's file system too.
      icebergAws,
      ...(eventLogs || delta ? [hadoopAws, s3TransferManager] : []),
      ...(delta ? [deltaSpark, deltaStorage, hiveClient] : []),
      ...(lineage ? [shared.openlineageSpark] : []),
    ],
  };
}
