import type { EventLogs } from "../core/capabilities";
import { MiB } from "../core/quantity";
import { JAR_DIRECTORY } from "../core/jars";
import type { TableFormats } from "../core/table-formats";
import { VENDED_CATALOG } from "../core/vending";
import { DELTA_EXTENSION, deltaConf, type DeltaFacts, formatConf } from "./delta-conf";
import { eventLogConf } from "./event-logs";
import { lineageConf } from "./lineage";

/** Spark's memory and configuration, as pure functions of sizes and endpoints. */

/** The driver's RPC port: executors register there and report. */
export const DRIVER_PORT = 7078;
/** Port at which drivers and executors serve blocks: shuffle, broadcast, results. */
export const BLOCK_PORT = 7079;
/** The driver's web interface, which serves metrics too. Spark names the container port `spark-ui`. */
export const UI_PORT = 4040;

/** Name of the catalog in SQL: `lakehouse.silver.events`. */
export const CATALOG = "lakehouse";
/** Shuffle and spill files. Spark mounts a volume of its own here unless the pod has `spark-local-dir-1` in the same place. */
export const LOCAL_DIRECTORY = "/var/data/spark";

/** Memory of one driver or executor, in bytes: whole MiB. */
export interface SparkMemory {
  readonly heap: number;
  /** Outside the heap: Python, network buffers of the object store's client, metaspace, threads. */
  readonly overhead: number;
}

/** Spark's floor (ResourceProfile.MEMORY_OVERHEAD_MIN_MIB). */
const LEAST_OVERHEAD = 384 * MiB;
/** Spark refuses to start below 450 MiB of what the JVM reports, which is a little less than -Xmx. */
const LEAST_HEAP = 512 * MiB;

/**
 * From the pod's limit: 40 % stay outside the heap, at least 384 MiB. Spark's own rule for Python is 40 % of the heap
 * (`spark.kubernetes.memoryOverheadFactor`), which is 29 % of the pod; 40 % of the pod is the safer side of it. Spark gives the pod
 * the sum of both, so the sum is the limit, whole MiB.
 * @param limit memory limit of the pod in bytes, at least 896 MiB
 */
export function sparkMemory(limit: number): SparkMemory {
  const total = floorMiB(limit);
  const heap = Math.min(floorMiB(0.6 * total), total - LEAST_OVERHEAD);
  if (heap < LEAST_HEAP) throw new RangeError(`Spark needs pods of at least 896Mi, given ${String(total / MiB)}Mi`);
  return { heap, overhead: total - heap };
}

const floorMiB = (bytes: number) => Math.floor(bytes / MiB) * MiB;
/** Spark's `m` is MiB. */
export const sparkSize = (bytes: number) => `${String(bytes / MiB)}m`;

/** Tasks that one executor runs at a time: whole requested cores, so that no slot depends on cpu above the request. */
export const taskSlots = (cores: number) => Math.max(1, Math.floor(cores));

export interface SparkConfFacts {
  /** The catalog's REST endpoint. */
  readonly restUrl: string;
  readonly s3: {
    readonly url: string;
    readonly region: string;
    /** Further properties of Iceberg's S3 client. */
    readonly properties: Readonly<Record<string, string>>;
  };
  /** Where namespaces are created, by their names: `{ silver: "s3://silver/" }`. */
  readonly locations: Readonly<Record<string, string>>;
  /** Properties of tables that are created without their own. */
  readonly tableDefaults: Readonly<Record<string, string>>;
  /** Where its applications write what happens in them. @default nowhere */
  readonly eventLogs?: Pick<EventLogs, "directory"> | undefined;
  /** Where Delta tables are. @default nowhere */
  readonly delta?: DeltaFacts | undefined;
  /** What the settings say of tables' formats. @default nothing */
  readonly formats?: Pick<TableFormats, "said">;
  /** Whether they tell what their tables are made of. @default false */
  readonly lineage?: boolean;
  /** The REST endpoint of the catalog that gives keys. @default they have none */
  readonly vendingUrl?: string | undefined;
}

/** The configuration of every application on the stack's tables; sorted, so that an unchanged one shows no difference. */
export function sparkConf(facts: SparkConfFacts): Record<string, string> {
  return sorted({
    ...catalogConf(facts),
    ...networkConf(),
    ...elasticityConf(),
    ...metricsConf(),
    ...sessionConf(facts),
    ...(facts.delta === undefined ? {} : deltaConf(facts.delta, facts.s3)),
    ...(facts.eventLogs === undefined ? {} : eventLogConf(facts.eventLogs, facts.s3)),
    ...(facts.lineage === true ? lineageConf() : {}),
    ...(facts.vendingUrl === undefined ? {} : vendedConf(facts.vendingUrl, facts)),
  });
}

const ICEBERG_EXTENSION = "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions";

const catalogConf = ({ restUrl, delta, ...facts }: SparkConfFacts): Record<string, string> => ({
  "spark.sql.extensions": delta === undefined ? ICEBERG_EXTENSION : `${ICEBERG_EXTENSION},${DELTA_EXTENSION}`,
  "spark.sql.defaultCatalog": CATALOG,
  ...restConf(CATALOG, restUrl, facts),
});

/** A catalog whose tables come with keys: Iceberg's client asks for them by this alone. Its token is in no configuration: a job has it from its environment. */
const vendedConf = (restUrl: string, facts: RestFacts): Record<string, string> =>
  restConf(VENDED_CATALOG, restUrl, facts, { "header.X-Iceberg-Access-Delegation": "vended-credentials" });

type RestFacts = Pick<SparkConfFacts, "s3" | "tableDefaults">;

/** A REST catalog of Iceberg tables. */
function restConf(
  name: string,
  uri: string,
  { s3, tableDefaults }: RestFacts,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const properties = {
    "type": "rest",
    uri,
    ...more,
    "io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
    "s3.endpoint": s3.url,
    "s3.path-style-access": "true",
    "client.region": s3.region,
    ...s3.properties,
    // A driver that caches tables does not see what other engines committed meanwhile.
    "cache-enabled": "false",
    ...prefixed("table-default.", tableDefaults),
  };
  return {
    [`spark.sql.catalog.${name}`]: "org.apache.iceberg.spark.SparkCatalog",
    ...prefixed(`spark.sql.catalog.${name}.`, properties),
  };
}

/** Fixed ports, because network policies name them. Other ports are not tried: nothing could connect to them. */
function networkConf(): Record<string, string> {
  return {
    "spark.driver.port": String(DRIVER_PORT),
    "spark.driver.blockManager.port": String(BLOCK_PORT),
    "spark.blockManager.port": String(BLOCK_PORT),
    "spark.ui.port": String(UI_PORT),
    "spark.port.maxRetries": "0",
    // Network policies select pods by role, so any executor reaches any driver. It also needs the secret of that driver's run,
    // which Spark generates and gives to the run's own executors only.
    "spark.authenticate": "true",
  };
}

/** Dynamic allocation. Without a shuffle service, an executor that is decommissioned moves its blocks to the others. */
function elasticityConf(): Record<string, string> {
  return {
    "spark.dynamicAllocation.executorIdleTimeout": "60s",
    // Spark's default is never: one forgotten cached table would block the pool for all other jobs.
    "spark.dynamicAllocation.cachedExecutorIdleTimeout": "600s",
    "spark.decommission.enabled": "true",
    "spark.executor.decommission.forceKillTimeout": `${String(DECOMMISSION_SECONDS)}s`,
    "spark.storage.decommission.enabled": "true",
    "spark.storage.decommission.rddBlocks.enabled": "true",
    "spark.storage.decommission.shuffleBlocks.enabled": "true",
    "spark.kubernetes.allocation.batch.size": "10",
    // Copies of slow tasks would take the room of other jobs' executors.
    "spark.speculation": "false",
  };
}

/** Seconds that a decommissioned executor has to move its blocks. */
export const DECOMMISSION_SECONDS = 120;

/** Metrics at the driver's web interface: its own at one path, those of its executors at another. */
export const DRIVER_METRICS_PATH = "/metrics/prometheus";
export const EXECUTOR_METRICS_PATH = "/metrics/executors/prometheus";

function metricsConf(): Record<string, string> {
  const sink = "spark.metrics.conf.*.sink.prometheusServlet";
  return {
    "spark.ui.prometheus.enabled": "true",
    [`${sink}.class`]: "org.apache.spark.metrics.sink.PrometheusServlet",
    [`${sink}.path`]: DRIVER_METRICS_PATH,
    "spark.metrics.appStatusSource.enabled": "true",
    // The default is the application's id, which would give each run metric names of its own.
    "spark.metrics.namespace": "spark",
  };
}

function sessionConf({ locations, formats = { said: {} } }: SparkConfFacts): Record<string, string> {
  return {
    "spark.driver.extraClassPath": `${JAR_DIRECTORY}/*`,
    "spark.executor.extraClassPath": `${JAR_DIRECTORY}/*`,
    "spark.local.dir": LOCAL_DIRECTORY,
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    ...formatConf(formats),
    ...Object.fromEntries(
      Object.entries(locations).map(([namespace, place]) => [`spark.lakehouse.location.${namespace}`, place]),
    ),
  };
}

const prefixed = (prefix: string, entries: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(entries).map(([key, value]) => [`${prefix}${key}`, value]));

export const sorted = (entries: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));

/** A file as `spark-submit --properties-file` reads it. */
export const propertiesFile = (entries: Readonly<Record<string, string>>): string =>
  Object.entries(sorted(entries))
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
