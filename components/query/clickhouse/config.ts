import { serviceHost } from "../../core/endpoint";
import { mainContainer, type PodGroup } from "../../core/pod-group";
import { CA_FILE, trustEnv } from "../../core/trust";
import { memoryOf } from "./memory";
import { DATA, NAME } from "./pods";
import { configXml, fromEnv, removed, type Xml } from "./xml";

/** Files of the servers and of Keeper, as pure functions of sizes and endpoints. Secrets stand in them as names of variables only. */

export const PORTS = { http: 8123, tcp: 9000, interserver: 9009 } as const;
export const KEEPER_PORTS = { zk: 2181, raft: 9444 } as const;
/** HTTP port of Keeper's readiness. */
export const KEEPER_CONTROL = 9182;
export const METRICS = { portName: "metrics", port: 9363 } as const;
export const HEALTH = "/ping";

/** Service of all servers that are ready; the operator makes it of a template. */
export const SERVICE = NAME;
export const HOME = "/var/lib/clickhouse";
export const KEEPER_HOME = "/var/lib/clickhouse-keeper";
export const USERS_DIRECTORY = "/opt/lakehouse/users";
export const USERS_FILE = "users.xml";

/** Variables with what is secret. */
export const VARIABLES = {
  accessKey: "CLICKHOUSE_S3_ACCESS_KEY",
  secretKey: "CLICKHOUSE_S3_SECRET_KEY",
  kafkaUser: "CLICKHOUSE_KAFKA_USER",
  kafkaPassword: "CLICKHOUSE_KAFKA_PASSWORD",
  interserver: "CLICKHOUSE_INTERSERVER_PASSWORD",
} as const;

/** The named collection with the place of backups. */
export const BACKUPS = "backups";
/** The storage policy of tables in the object store. */
export const OBJECTS = "objects";
/** Of the volume: the cache of objects leaves room for what metadata, logs and temporary files take. */
const CACHE_SHARE = 0.7;

/** Places outside of the servers. */
export interface Places {
  readonly s3: { readonly url: string; readonly region: string };
  /** Bucket and prefix of the rows of tables; undefined where they are on volumes. */
  readonly objects: { readonly bucket: string; readonly prefix: string } | undefined;
  /** Bucket of backups; undefined without them. */
  readonly backups: string | undefined;
  /** How topics are read; undefined where none is. */
  readonly kafka: { readonly securityProtocol: string; readonly mechanism: string } | undefined;
}

const keys = (region: string): Xml => ({
  region,
  access_key_id: fromEnv(VARIABLES.accessKey),
  secret_access_key: fromEnv(VARIABLES.secretKey),
});
const asEntries = (value: Xml) => value as Readonly<Record<string, Xml>>;

/** A log table of the server, with its retention. */
const log = (table: string): Xml => ({
  "@replace": "1",
  "database": "system",
  table,
  "engine": `ENGINE = MergeTree PARTITION BY event_date ORDER BY event_time TTL event_date + INTERVAL 14 DAY SETTINGS storage_policy = 'default'`,
  "flush_interval_milliseconds": 7500,
});
/** Log tables without a reader: alerts and runbooks use none of them. */
const WITHOUT = [
  "asynchronous_metric_log",
  "latency_log",
  "metric_log",
  "processors_profile_log",
  "query_metric_log",
  "query_thread_log",
  "session_log",
  "text_log",
  "trace_log",
];

/** The stack's part of the servers' configuration; the operator adds the cluster, Keeper's addresses and macros. */
export function serverXml(group: PodGroup, places: Places): string {
  const memory = memoryOf(mainContainer(group).limits.memory);
  const { s3, objects, backups, kafka } = places;
  return configXml({
    logger: { level: "information", console: true, log: removed, errorlog: removed },
    max_server_memory_usage: memory.server,
    mark_cache_size: memory.marks,
    max_concurrent_queries: memory.statements,
    // Running statements finish before the server ends.
    shutdown_wait_unfinished_queries: true,
    shutdown_wait_unfinished: 60,
    user_directories: {
      "@replace": "replace",
      "users_xml": [
        { path: "users.xml" },
        // Users of the stack: a file of a Secret, which the server reloads when it changes.
        { name: "lakehouse", path: `${USERS_DIRECTORY}/${USERS_FILE}` },
      ],
      // Users that are created by SQL are the same on every server.
      "replicated": { zookeeper_path: "/clickhouse/access" },
    },
    interserver_http_credentials: { user: "interserver", password: fromEnv(VARIABLES.interserver) },
    prometheus: { endpoint: "/metrics", port: METRICS.port, metrics: true, events: true, asynchronous_metrics: true },
    query_log: log("query_log"),
    part_log: log("part_log"),
    ...Object.fromEntries(WITHOUT.map((table) => [table, removed])),
    ...(objects === undefined ? {} : inObjects(group, s3, objects)),
    ...(backups === undefined
      ? {}
      : { named_collections: { [BACKUPS]: { url: `${s3.url}/${backups}/${NAME}/`, ...asEntries(keys(s3.region)) } } }),
    ...(kafka === undefined
      ? {}
      : {
          kafka: {
            security_protocol: kafka.securityProtocol.toLowerCase(),
            ...(kafka.securityProtocol === "SASL_SSL" ? { ssl_ca_location: CA_FILE } : {}),
            sasl_mechanism: kafka.mechanism,
            sasl_username: fromEnv(VARIABLES.kafkaUser),
            sasl_password: fromEnv(VARIABLES.kafkaPassword),
          },
        }),
    ...trust(group),
  });
}

/** Tables as objects below a prefix of each server, with a cache on its volume. */
function inObjects(group: PodGroup, s3: Places["s3"], { bucket, prefix }: NonNullable<Places["objects"]>) {
  const [volume] = group.volumes;
  if (volume === undefined) throw new Error(`${group.service} has no volume ${DATA}`);
  return {
    filesystem_caches_path: `${HOME}/caches/`,
    storage_configuration: {
      disks: {
        [OBJECTS]: {
          type: "s3",
          endpoint: `${s3.url}/${bucket}/${prefix}{shard}/{replica}/`,
          metadata_path: `${HOME}/disks/${OBJECTS}/`,
          ...asEntries(keys(s3.region)),
        },
        cached: {
          type: "cache",
          disk: OBJECTS,
          // Below the path of all caches.
          path: OBJECTS,
          max_size: Math.floor(volume.size * CACHE_SHARE),
        },
      },
      policies: { [OBJECTS]: { volumes: { main: { disk: "cached" } } } },
    },
    merge_tree: { storage_policy: OBJECTS },
  };
}

/** TLS to places with certificates of the settings' authorities. */
function trust(group: PodGroup): Readonly<Record<string, Xml>> {
  const { SSL_CERT_FILE: file } = trustEnv(group);
  return file === undefined ? {} : { openSSL: { client: { caConfig: file, loadDefaultCAFile: true } } };
}

/** The stack's part of Keeper's configuration; the operator adds its members and ports. */
export const keeperXml = (group: PodGroup): string =>
  configXml({
    logger: { level: "information", console: true, log: removed, errorlog: removed },
    keeper_server: {
      max_memory_usage_soft_limit: Math.floor(mainContainer(group).limits.memory * 0.8),
      // Commands for health and statistics.
      four_letter_word_white_list: "ruok,mntr,srvr,stat,isro,conf",
    },
    prometheus: { endpoint: "/metrics", port: METRICS.port, metrics: true, events: true, asynchronous_metrics: true },
  });

/** `clickhouse.lakehouse-clickhouse.svc` */
export const serverHost = (namespace: string): string => serviceHost(SERVICE, namespace);
