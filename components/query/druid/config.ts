import type { PodGroup } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import { properties } from "../../core/render";
import type { DruidMemory } from "./memory";
import { memoryOf, type Role, SEGMENTS_PATH, WORK_PATH } from "./pods";
import type { DruidSettings } from "./settings";

/** Druid's files, as pure functions of sizes and endpoints. Secrets stand in them as names of variables only. */

export const PORTS: Readonly<Record<Role, number>> = {
  coordinator: 8081,
  broker: 8082,
  historical: 8083,
  router: 8888,
  indexer: 8091,
};
export const METRICS = { portName: "metrics", port: 9091 } as const;
export const CONFIG_DIRECTORY = "/opt/lakehouse/conf";
const HOME = "/opt/druid";

/** Begins the names of labels and of the ConfigMaps by which leaders are elected. */
export const CLUSTER = "druid";
export const LEADER_LOCKS: readonly string[] = ["coordinator", "overlord"].map(
  (role) => `${CLUSTER}-leaderelection-${role}`,
);

/** Name of the authenticator and of the authorizer, in properties and in the paths of their API. */
export const SECURITY = "basic";
export const ADMIN = "admin";
const SYSTEM = "druid_system";

/** Variables with what is secret. */
export const VARIABLES = {
  databaseUser: "DRUID_DATABASE_USER",
  databasePassword: "DRUID_DATABASE_PASSWORD",
  admin: "DRUID_ADMIN_PASSWORD",
  internal: "DRUID_INTERNAL_PASSWORD",
  kafka: "DRUID_KAFKA_JAAS",
} as const;

const EXTENSIONS = [
  "druid-kubernetes-extensions",
  "druid-basic-security",
  "postgresql-metadata-storage",
  "druid-s3-extensions",
  "druid-kafka-indexing-service",
  "druid-datasketches",
  "druid-multi-stage-query",
  "prometheus-emitter",
];

/** Druid puts the value of the variable there when it reads the file. */
const fromEnvironment = (variable: string) => `\${env:${variable}}`;
const bytes = (size: number) => String(Math.floor(size));

export interface Places {
  /** Of the metadata, without credentials. */
  readonly jdbcUrl: string;
  readonly s3: { readonly url: string; readonly region: string };
  /** Where segments and what is left of tasks stand. */
  readonly objects: { readonly bucket: string; readonly prefix: string };
}

/** What every process reads. */
export function commonProperties(): string {
  return properties({
    "druid.extensions.directory": `${HOME}/extensions`,
    "druid.extensions.loadList": JSON.stringify(EXTENSIONS),
    "druid.startup.logging.logProperties": false,
    // Pods find each other, and elect leaders, by the API server: no ZooKeeper.
    "druid.zk.service.enabled": false,
    "druid.discovery.type": "k8s",
    "druid.discovery.k8s.clusterIdentifier": CLUSTER,
    "druid.serverview.type": "http",
    "druid.coordinator.loadqueuepeon.type": "http",
    "druid.indexer.runner.type": "httpRemote",
    "druid.selectors.coordinator.serviceName": "druid/coordinator",
    "druid.selectors.indexing.serviceName": "druid/overlord",
    "druid.auth.authenticatorChain": JSON.stringify([SECURITY]),
    [`druid.auth.authenticator.${SECURITY}.type`]: "basic",
    [`druid.auth.authenticator.${SECURITY}.credentialsValidator.type`]: "metadata",
    [`druid.auth.authenticator.${SECURITY}.skipOnFailure`]: false,
    [`druid.auth.authenticator.${SECURITY}.authorizerName`]: SECURITY,
    "druid.auth.authorizers": JSON.stringify([SECURITY]),
    [`druid.auth.authorizer.${SECURITY}.type`]: "basic",
    "druid.escalator.type": "basic",
    "druid.escalator.internalClientUsername": SYSTEM,
    "druid.escalator.internalClientPassword": fromEnvironment(VARIABLES.internal),
    "druid.escalator.authorizerName": SECURITY,
    "druid.emitter": "prometheus",
    "druid.emitter.prometheus.strategy": "exporter",
    "druid.emitter.prometheus.port": METRICS.port,
  });
}

const METRIC_CLASS = "org.apache.druid.server.metrics";
/** What each role tells of itself besides its JVM. */
const MONITORS: Readonly<Record<Role, readonly string[]>> = {
  coordinator: ["TaskCountStatsMonitor"],
  broker: ["QueryCountStatsMonitor"],
  router: [],
  historical: ["HistoricalMetricsMonitor", "QueryCountStatsMonitor"],
  indexer: [],
};

/** Roles that read and write segments. */
export const STORING: readonly Role[] = ["coordinator", "historical", "indexer"];

const storage = ({ s3, objects: { bucket, prefix } }: Places) => ({
  "druid.storage.type": "s3",
  "druid.storage.bucket": bucket,
  "druid.storage.baseKey": `${prefix}segments`,
  // Who may do what stands in the user's policy, so that Druid needs no right to change that of an object.
  "druid.storage.disableAcl": true,
  "druid.indexer.logs.type": "s3",
  "druid.indexer.logs.s3Bucket": bucket,
  "druid.indexer.logs.s3Prefix": `${prefix}logs`,
  "druid.indexer.logs.disableAcl": true,
  "druid.s3.endpoint.url": s3.url,
  "druid.s3.endpoint.signingRegion": s3.region,
  "druid.s3.enablePathStyleAccess": true,
  "druid.s3.protocol": s3.url.startsWith("https:") ? "https" : "http",
});

/** What one role reads besides: no role is told a place that it does not go to. */
export function runtimeProperties(group: PodGroup, places: Places, settings: DruidSettings): string {
  const role = group.role as Role;
  const own = {
    coordinator: () => coordinator(places),
    broker: () => brokerProperties(memoryOf(group)),
    router: () => router,
    historical: () => historicalProperties(memoryOf(group), settings),
    indexer: () => indexerProperties(memoryOf(group), settings),
  }[role];
  return properties({
    "druid.service": `druid/${role}`,
    "druid.plaintextPort": PORTS[role],
    "druid.monitoring.monitors": JSON.stringify([
      "org.apache.druid.java.util.metrics.JvmMonitor",
      ...MONITORS[role].map((monitor) => `${METRIC_CLASS}.${monitor}`),
    ]),
    ...(STORING.includes(role) ? storage(places) : {}),
    ...own(),
  });
}

const coordinator = ({ jdbcUrl }: Places) => ({
  "druid.metadata.storage.type": "postgresql",
  "druid.metadata.storage.connector.connectURI": jdbcUrl,
  "druid.metadata.storage.connector.user": fromEnvironment(VARIABLES.databaseUser),
  "druid.metadata.storage.connector.password": fromEnvironment(VARIABLES.databasePassword),
  "druid.coordinator.asOverlord.enabled": true,
  "druid.coordinator.asOverlord.overlordService": "druid/overlord",
  // A new leader waits no longer than it takes the others to find it.
  "druid.coordinator.startDelay": "PT30S",
  "druid.coordinator.period": "PT30S",
  "druid.indexer.queue.startDelay": "PT30S",
  "druid.indexer.storage.type": "metadata",
  // Of users who are there already nothing is changed.
  [`druid.auth.authenticator.${SECURITY}.initialAdminPassword`]: fromEnvironment(VARIABLES.admin),
  [`druid.auth.authenticator.${SECURITY}.initialInternalClientPassword`]: fromEnvironment(VARIABLES.internal),
});

const router = {
  "druid.router.defaultBrokerServiceName": "druid/broker",
  "druid.router.coordinatorServiceName": "druid/coordinator",
  "druid.router.managementProxy.enabled": true,
};

/** Questions that one broker asks of one other process at the same time. */
const CONNECTIONS = 20;
/** Threads for clients of the same process besides: health, metrics of segments, the coordinator. */
const SPARE_THREADS = 10;

/** More threads than all brokers have connections: a question that has begun never waits for one that waits for it. */
const httpThreads = ({ broker }: DruidSettings) => CONNECTIONS * broker.replicas + SPARE_THREADS;

const processing = ({ threads, mergeBuffers, buffer = 0 }: DruidMemory) => ({
  "druid.processing.numThreads": threads,
  "druid.processing.numMergeBuffers": mergeBuffers,
  "druid.processing.buffer.sizeBytes": bytes(buffer),
});

const brokerProperties = (memory: DruidMemory) => ({
  "druid.broker.http.numConnections": CONNECTIONS,
  "druid.server.http.numThreads": 2 * CONNECTIONS + SPARE_THREADS,
  ...processing(memory),
});

/** Of the volume; the file system and segments that come before others go need the rest. */
const CACHE_SHARE = 0.9;

const historicalProperties = (memory: DruidMemory, settings: DruidSettings) => ({
  "druid.server.http.numThreads": httpThreads(settings),
  "druid.segmentCache.locations": JSON.stringify([
    { path: SEGMENTS_PATH, maxSize: Math.floor(CACHE_SHARE * settings.cache) },
  ]),
  "druid.historical.cache.useCache": true,
  "druid.historical.cache.populateCache": true,
  "druid.cache.sizeInBytes": bytes(memory.heap / 10),
  ...processing(memory),
});

const indexerProperties = (memory: DruidMemory, settings: DruidSettings) => ({
  "druid.server.http.numThreads": httpThreads(settings),
  "druid.worker.capacity": settings.tasks,
  "druid.indexer.task.baseTaskDir": `${WORK_PATH}/task`,
  ...processing(memory),
});

/** To the console, as pods log. */
export function log4j2(): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<Configuration status="WARN">',
    "  <Appenders>",
    '    <Console name="Console" target="SYSTEM_OUT">',
    '      <PatternLayout pattern="%d{ISO8601} %p [%t] %c - %m%n"/>',
    "    </Console>",
    "  </Appenders>",
    "  <Loggers>",
    '    <Root level="info"><AppenderRef ref="Console"/></Root>',
    "  </Loggers>",
    "</Configuration>",
    "",
  ].join("\n");
}

/** What Druid's libraries reach of the JVM's own, as its start script opens it. */
const OPENED = [
  "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
  "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
  "--add-opens=java.base/java.nio=ALL-UNNAMED",
  "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
  "--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED",
  "--add-opens=java.base/java.io=ALL-UNNAMED",
  "--add-opens=java.base/java.lang=ALL-UNNAMED",
  "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED",
];

/**
 * The process itself. The image's start script is passed by: it copies configuration into places that a read-only root forbids,
 * turns every variable that begins with `druid_` into a property, and prints its value to the log.
 */
export function command(group: PodGroup): string[] {
  const { heap, direct } = memoryOf(group);
  return [
    "java",
    "-server",
    `-Xms${String(heap / MiB)}m`,
    `-Xmx${String(heap / MiB)}m`,
    `-XX:MaxDirectMemorySize=${String(direct / MiB)}m`,
    "-XX:+ExitOnOutOfMemoryError",
    ...OPENED,
    "-Duser.timezone=UTC",
    "-Dfile.encoding=UTF-8",
    "-Djava.io.tmpdir=/tmp",
    "-Djava.util.logging.manager=org.apache.logging.log4j.jul.LogManager",
    // The address that others are told.
    "-Ddruid.host=$(POD_IP)",
    "-cp",
    `${CONFIG_DIRECTORY}:${HOME}/lib/*`,
    "org.apache.druid.cli.Main",
    "server",
    group.role,
  ];
}

/** Paths that answer 200 without a user once a process does its work. */
export const READY: Readonly<Record<Role, string>> = {
  coordinator: "/status/health",
  router: "/status/health",
  indexer: "/status/health",
  broker: "/druid/broker/v1/readiness",
  historical: "/druid/historical/v1/readiness",
};
export const HEALTH = "/status/health";

/** The configuration directory of one role, by file name. */
export const files = (group: PodGroup, places: Places, settings: DruidSettings): Record<string, string> => ({
  "common.runtime.properties": commonProperties(),
  "runtime.properties": runtimeProperties(group, places, settings),
  "log4j2.xml": log4j2(),
});
