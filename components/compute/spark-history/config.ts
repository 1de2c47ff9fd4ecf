import { GiB, MiB } from "../../core/quantity";
import { JAR_DIRECTORY } from "../../core/jars";
import { shellWord } from "../../core/render";
import { ROLLS_KEPT, type S3Facts, s3aConf } from "../event-logs";
import { propertiesFile, sparkMemory, sparkSize } from "../spark-conf";

/** Files, commands and variables of the history server, as pure functions of sizes and addresses. */

export const PORT = 18_080;
export const CONFIG_DIRECTORY = "/etc/spark-history";
const CONFIG_FILE = "history.conf";
/** Directory of what it has read. */
export const STORE_DIRECTORY = "/var/lib/spark-history";
/** Folder of the logs within the service's objects. A folder of its own: a right on a prefix is none on the folder that it names. */
const LOGS = "events";

export interface HistoryFacts {
  readonly store: S3Facts;
  readonly directory: string;
  readonly retentionDays: number;
  /** Bytes of scratch for what it has read. */
  readonly scratch: number;
}

/** `s3a://services/spark-history/events` */
export const logDirectory = ({ bucket, prefix }: { readonly bucket: string; readonly prefix: string }): string =>
  `s3a://${bucket}/${prefix}${LOGS}`;

export const files = ({ store, directory, retentionDays, scratch }: HistoryFacts): Record<string, string> => ({
  [CONFIG_FILE]: propertiesFile({
    ...s3aConf(store),
    "spark.history.fs.logDirectory": directory,
    "spark.history.fs.update.interval": "30s",
    "spark.history.fs.cleaner.enabled": "true",
    "spark.history.fs.cleaner.interval": "6h",
    "spark.history.fs.cleaner.maxAge": `${String(retentionDays)}d`,
    // Logs of applications that run for weeks would grow for ever: the cleaner leaves what still changes.
    "spark.history.fs.eventLog.rolling.maxFilesToRetain": String(ROLLS_KEPT),
    "spark.history.store.path": STORE_DIRECTORY,
    // It estimates what it writes, so a third of the volume is kept for when it is wrong.
    "spark.history.store.maxDiskUsage": `${String(Math.floor((2 * scratch) / 3 / MiB))}m`,
    "spark.history.ui.port": String(PORT),
  }),
});

export const COMMAND = [
  "/opt/spark/bin/spark-class",
  "org.apache.spark.deploy.history.HistoryServer",
  "--properties-file",
  `${CONFIG_DIRECTORY}/${CONFIG_FILE}`,
] as const;

/**
 * Script that makes the directory, without which neither an application nor the server starts: an empty object that ends in `/`. It may
 * run again. Hadoop's own way needs a right to the folders above.
 */
export function directoryScript({ store: { url }, directory }: Pick<HistoryFacts, "store" | "directory">): string {
  const object = `${directory.replace("s3a:/", url)}/`;
  return [
    // A process's arguments can be read by others.
    `printf 'user = "%s:%s"\\n' "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" |`,
    "curl --config - --fail --silent --show-error --retry 20 --retry-delay 3 --retry-all-errors",
    `--aws-sigv4 "aws:amz:$AWS_REGION:s3" --request PUT --data '' --output /dev/null ${shellWord(object)}`,
  ].join(" ");
}

/** Variables of the server besides its credentials. @param limit memory limit of the pod in bytes */
export const environment = (limit: number): Record<string, string> => ({
  SPARK_DIST_CLASSPATH: `${JAR_DIRECTORY}/*`,
  SPARK_DAEMON_MEMORY: sparkSize(sparkMemory(limit).heap),
  SPARK_DAEMON_JAVA_OPTS: "-XX:+ExitOnOutOfMemoryError",
});

/** Bytes of `/tmp`: libraries that unpack themselves, uploads on their way. */
export const TMP = GiB;
