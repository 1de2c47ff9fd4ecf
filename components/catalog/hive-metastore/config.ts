import { type Certified, named } from "../../core/certificates";
import { jarPath } from "../../core/jars";
import { MiB } from "../../core/quantity";
import { hadoopXml, json } from "../../core/render";
import { shared } from "../../core/versions";
import { pins } from "./pins";

/** The metastore's files and options, as pure functions of sizes and endpoints. Secrets are referred to as `${env.NAME}` only. */

export const THRIFT_PORT = 9083;
export const REST_PORT = 9001;
export const METRICS_PORT = 9404;
/** Path of the Iceberg REST catalog on its port. */
export const REST_PATH = "iceberg";
export const CONFIG_DIRECTORY = "/etc/hive-metastore";

/** The Secret with the servers' certificate as a keystore of Java's, its place, and the variable with its password. */
export const CERTIFICATE = "hive-metastore-tls";
export const KEYSTORE_DIRECTORY = "/etc/hive-metastore-tls";
export const KEYSTORE_PASSWORD = "HMS_KEYSTORE_PASSWORD";
const KEYSTORE = "keystore.p12";

/** @param secret with the keystore's password in the key `password` */
export const serverCertificate = (hosts: readonly [string, ...string[]], secret: string): Certified => ({
  ...named({ commonName: hosts[0], secretName: CERTIFICATE }, hosts),
  keystore: { secret, key: "password" },
  // It is read at a start alone: half a year is left for one.
  duration: { whole: "8760h", before: "4380h" },
});

/** One switch for both ports. */
const TLS = {
  "metastore.use.SSL": true,
  "metastore.keystore.path": `${KEYSTORE_DIRECTORY}/${KEYSTORE}`,
  "metastore.keystore.type": "PKCS12",
  "metastore.keystore.password": `\${env.${KEYSTORE_PASSWORD}}`,
};

const HOME = "/opt/hive";
const HADOOP_HOME = "/opt/hadoop";

/**
 * Heap from the pod's memory limit, both in bytes: outside the heap stay 25 %, at least 512 MiB, for classes (Thrift,
 * DataNucleus, Iceberg and the AWS SDK), code cache, the stacks of up to 1000 Thrift workers (Hive's default) and Jetty's,
 * and the buffers of S3 connections: the Thrift and the REST server are one process.
 * @param limit at least 1 GiB, which leaves 512 MiB
 */
export function metastoreHeap(limit: number): number {
  const heap = Math.floor((limit - Math.max(0.25 * limit, 512 * MiB)) / MiB) * MiB;
  if (heap < 512 * MiB)
    throw new RangeError(`The metastore needs pods of at least 1Gi, given ${String(Math.floor(limit / MiB))}Mi`);
  return heap;
}

const xmx = (limit: number) => `-Xmx${String(metastoreHeap(limit) / MiB)}m`;

/** Upstream's script for the server, which never changes the schema. */
export const SERVER_COMMAND = [`${HOME}/bin/start-metastore`];

/** Creates the schema, or upgrades it to the image's version. */
export const SCHEMA_COMMAND = [`${HOME}/bin/schematool`, "-dbType", "postgres", "-initOrUpgradeSchema", "--verbose"];

/**
 * Environment of upstream's scripts. The image's entrypoint is not used: it links configuration into /opt/hive/conf, which a
 * read-only root forbids, creates the schema in every server by default, and adds its own -Xmx1G. The scripts take the heap from
 * HADOOP_CLIENT_OPTS: `metastore-config.sh` sets HADOOP_HEAPSIZE to 256 MB, but Hadoop uses that only where HADOOP_CLIENT_OPTS has
 * no -Xmx.
 */
function scriptEnv(options: readonly string[], classpath: readonly string[]): Record<string, string> {
  return {
    METASTORE_CONF_DIR: CONFIG_DIRECTORY,
    HADOOP_CONF_DIR: CONFIG_DIRECTORY,
    // Set, so that `start-metastore` does not start a Java process to find it.
    HADOOP_VERSION: shared.hadoop.version,
    HADOOP_CLASSPATH: classpath.join(":"),
    HADOOP_CLIENT_OPTS: options.join(" "),
  };
}

/** The image has S3A among Hadoop's tools, which are not on the class path by default. */
const S3A = `${HADOOP_HOME}/share/hadoop/tools/lib/hadoop-aws-${shared.hadoop.version}.jar`;

/** @param limit memory limit of the pod in bytes */
export function serverEnv(limit: number): Record<string, string> {
  const options = [
    xmx(limit),
    "-XX:+UseG1GC",
    "-XX:+ExitOnOutOfMemoryError",
    `-javaagent:${jarPath(pins.jmxExporter.jar)}=${String(METRICS_PORT)}:${CONFIG_DIRECTORY}/${JMX_EXPORTER_FILE}`,
  ];
  return scriptEnv(options, [S3A, jarPath(pins.awsSdk.jar), jarPath(pins.postgresJdbc.jar)]);
}

/** @param limit memory limit of the pod in bytes */
export function schemaEnv(limit: number): Record<string, string> {
  return scriptEnv([xmx(limit)], [jarPath(pins.postgresJdbc.jar)]);
}

/** Seconds without a heartbeat after which a lock expires. Iceberg's clients send one every four minutes. */
const LOCK_TIMEOUT_SECONDS = 300;
/** Seconds between two checks for expired locks. */
const LOCK_SWEEP_SECONDS = 60;
const HOUSEKEEPING = "org.apache.hadoop.hive.metastore.txn.service";

export interface MetastoreSite {
  /** Without credentials. */
  readonly jdbcUrl: string;
  /** Real name of the bucket of tables that have no location of their own. */
  readonly warehouse: string;
  /** Whether both ports speak TLS. @default false */
  readonly tls?: boolean;
}

/**
 * Names from Hive's `MetastoreConf`. A table of Spark or Trino is an external one to the metastore, so the external directory
 * counts; the managed one must not contain it, or every table in it is refused.
 */
export function metastoreSite({ jdbcUrl, warehouse, tls = false }: MetastoreSite): string {
  const tables = `s3://${warehouse}/tables`;
  return hadoopXml({
    "metastore.thrift.port": THRIFT_PORT,
    ...(tls ? TLS : {}),
    "metastore.catalog.servlet.port": REST_PORT,
    "metastore.iceberg.catalog.servlet.path": REST_PATH,
    // Network policies decide which pods may connect; the default, `jwt`, needs a token service.
    "metastore.catalog.servlet.auth": "none",
    "metastore.warehouse.external.dir": tables,
    // The REST catalog reads the old name only.
    "hive.metastore.warehouse.external.dir": tables,
    "metastore.warehouse.dir": `s3://${warehouse}/managed`,
    "javax.jdo.option.ConnectionDriverName": "org.postgresql.Driver",
    "javax.jdo.option.ConnectionURL": jdbcUrl,
    "javax.jdo.option.ConnectionUserName": "${env.HMS_DB_USER}",
    "javax.jdo.option.ConnectionPassword": "${env.HMS_DB_PASSWORD}",
    // A client that dies would hold its lock for ever: a lock without a heartbeat expires after this time. Each server checks for
    // such locks, one at a time by a row in the database.
    "metastore.txn.timeout": `${String(LOCK_TIMEOUT_SECONDS)}s`,
    "metastore.housekeeping.threads.on": true,
    "metastore.acid.housekeeper.interval": `${String(LOCK_SWEEP_SECONDS)}s`,
    // Without the rest of the default list, which has a task that changes partitions of tables.
    "metastore.task.threads.remote": `${HOUSEKEEPING}.AcidHouseKeeperService,${HOUSEKEEPING}.AcidTxnCleanerService`,
    // The defaults of these two are classes of Hive's query engine, which the standalone metastore does not have.
    "metastore.task.threads.always": "org.apache.hadoop.hive.metastore.events.EventCleanerTask",
    "metastore.expression.proxy": "org.apache.hadoop.hive.metastore.DefaultPartitionExpressionProxy",
    "metastore.metrics.enabled": true,
    // Without `json`, which writes a file continuously.
    "metastore.metrics.reporters": "jmx",
  });
}

/** Seconds until clients no longer connect to a pod that ends. */
const ENDPOINT_REMOVAL_SECONDS = 10;
/** Seconds that connected clients have to end their calls. */
const DRAIN_SECONDS = 60;
/** Termination grace period in seconds; the shutdown itself takes the rest. */
export const GRACE_SECONDS = ENDPOINT_REMOVAL_SECONDS + DRAIN_SECONDS + 20;

/**
 * preStop command: waits until no client connects any more and connected ones have finished. The image has no tool that lists
 * connections, so it reads the kernel's table, where state 01 is an established connection.
 * @param ports whose connections count
 */
export function drainCommand(
  ports: readonly number[] = [THRIFT_PORT, REST_PORT],
  {
    removal = ENDPOINT_REMOVAL_SECONDS,
    most = DRAIN_SECONDS,
  }: { readonly removal?: number; readonly most?: number } = {},
): string[] {
  const hex = ports.map((port) => port.toString(16).toUpperCase().padStart(4, "0")).join("|");
  const connected = `cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -qE "^ *[0-9]+: [0-9A-F]+:(${hex}) [0-9A-F]+:[0-9A-F]+ 01 "`;
  return [
    "/bin/sh",
    "-c",
    `sleep ${String(removal)}; n=0; while [ $n -lt ${String(most)} ] && ${connected}; do sleep 1; n=$((n + 1)); done`,
  ];
}

export interface S3Facts {
  readonly url: string;
  readonly region: string;
}

/** Access to the object store: keys come from the environment, never from a file. */
export function coreSite(s3: S3Facts): string {
  return hadoopXml({
    "fs.s3a.endpoint": s3.url,
    "fs.s3a.endpoint.region": s3.region,
    "fs.s3a.path.style.access": true,
    "fs.s3a.connection.ssl.enabled": s3.url.startsWith("https:"),
    "fs.s3a.aws.credentials.provider": "software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider",
    // All engines write `s3://` locations, a scheme for which Hadoop has no implementation by default.
    "fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
  });
}

/** Logs to the console; upstream's configuration logs to a file below /tmp. */
export function log4j2(): string {
  return [
    "name = metastore",
    "appender.console.type = Console",
    "appender.console.name = console",
    "appender.console.target = SYSTEM_ERR",
    "appender.console.layout.type = PatternLayout",
    "appender.console.layout.pattern = %d{ISO8601} %5p [%t] %c{2}: %m%n",
    "logger.datanucleus.name = DataNucleus",
    "logger.datanucleus.level = ERROR",
    "rootLogger.level = INFO",
    "rootLogger.appenderRefs = root",
    "rootLogger.appenderRef.root.ref = console",
    "",
  ].join("\n");
}

export const JMX_EXPORTER_FILE = "jmx-exporter.yaml";

/**
 * Rules for the metastore's own beans; the JVM's metrics need no rules. Written as JSON, which is YAML too. Newer metrics libraries
 * put a `type` beside the name.
 */
export function jmxExporter(): string {
  const bean = (name: string, attribute: string) => `metrics<name=${name}(?:, type=\\w+)?><>${attribute}`;
  return json({
    includeObjectNames: ["metrics:*"],
    rules: [
      {
        pattern: bean("api_(\\w+)", "Count"),
        name: "hive_metastore_calls_total",
        type: "COUNTER",
        labels: { call: "$1" },
      },
      // Converts milliseconds to seconds.
      {
        pattern: bean("api_(\\w+)", "99thPercentile"),
        name: "hive_metastore_call_p99_seconds",
        type: "GAUGE",
        valueFactor: 0.001,
        labels: { call: "$1" },
      },
      { pattern: bean("open_connections", "Count"), name: "hive_metastore_open_connections", type: "GAUGE" },
      {
        pattern: bean("total_count_(\\w+)", "Value"),
        name: "hive_metastore_objects",
        type: "GAUGE",
        labels: { kind: "$1" },
      },
      {
        pattern: bean("([\\w-]+)\\.pool\\.PendingConnections", "Value"),
        name: "hive_metastore_pool_pending",
        type: "GAUGE",
        labels: { pool: "$1" },
      },
    ],
  });
}

/** The configuration directory of the servers, by file name. */
export function serverFiles(site: MetastoreSite, s3: S3Facts): Record<string, string> {
  return { ...schemaFiles(site), "core-site.xml": coreSite(s3), [JMX_EXPORTER_FILE]: jmxExporter() };
}

/** Files of the schema task, which needs the database alone. */
export function schemaFiles(site: MetastoreSite): Record<string, string> {
  return { "metastore-site.xml": metastoreSite(site), "metastore-log4j2.properties": log4j2() };
}
