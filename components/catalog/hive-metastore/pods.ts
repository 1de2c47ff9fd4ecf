import type { Platform } from "../../core/platform";
import type { DatabaseAccess, ObjectStore, SecretKeys } from "../../core/capabilities";
import { url } from "../../core/endpoint";
import { awsEnv, credentialsEnv, fromSecret } from "../../core/env";
import { JAR_DIRECTORY, JAR_ROOM } from "../../core/jars";
import type { ContainerArgs, PodArgs } from "../../core/pod";
import type { PodGroup } from "../../core/pod-group";
import { GiB, MiB } from "../../core/quantity";
import { shared } from "../../core/versions";
import { pins } from "./pins";
import type { HiveMetastoreSettings } from "./settings";
import { DUMP_DIRECTORY, dumpScript, uploadScript, WAIT_SCRIPT } from "./backup";
import * as config from "./config";

/** The pods of the metastore, as pure functions. */

export interface PodFacts {
  readonly settings: HiveMetastoreSettings;
  readonly objects: ObjectStore;
  readonly metastore: DatabaseAccess;
  readonly s3: SecretKeys;
  /** Fetches the libraries that the image lacks; undefined when it has them. */
  readonly fetcher: ContainerArgs | undefined;
  /** The Secret with the password of the servers' keystore. @default they speak no TLS */
  readonly tls?: { readonly secret: string } | undefined;
}

/** The same for the backup, which reads the database and writes nothing to it. */
export interface BackupFacts extends Pick<PodFacts, "settings" | "objects" | "s3"> {
  readonly reader: DatabaseAccess;
}

/** The image's user `hive`; the clients' images run as any user. */
const USER = 1000;
/** Room for one dump, in bytes; generous, as a dump that does not fit is a failed backup. */
const DUMP_ROOM = 10 * GiB;

/** Servers, one a node at the most. */
export function hiveMetastorePods(platform: Platform, settings: HiveMetastoreSettings): PodGroup[] {
  const names = { service: "hive-metastore", role: "server", namespace: platform.namespace("catalog") };
  return [platform.podGroup({ ...names, spread: "one-per-node", scratch: scratch(settings) }, settings.server)];
}

/** With an own image no volume is mounted over its libraries. */
function scratch({ jars: source }: Pick<HiveMetastoreSettings, "jars">): NonNullable<PodGroup["scratch"]> {
  return { "/tmp": GiB, ...(source === "fetch" ? { [JAR_DIRECTORY]: JAR_ROOM } : {}) };
}

/** The schema task is a JVM, as large as the smallest that the heap rule allows; a dump works in constant memory. */
export function metastoreTaskPods(platform: Platform, settings: HiveMetastoreSettings): PodGroup[] {
  const names = { service: "metastore-tasks", namespace: platform.namespace("catalog") };
  const task = { replicas: 1, cpu: 0.25, pool: settings.server.pool };
  const dump = { "/tmp": 64 * MiB, [DUMP_DIRECTORY]: DUMP_ROOM };
  return [
    platform.podGroup(
      { ...names, role: "schema", lifetime: "once", scratch: scratch(settings) },
      { ...task, memory: GiB },
    ),
    platform.podGroup({ ...names, role: "backup", lifetime: "job", scratch: dump }, { ...task, memory: 512 * MiB }),
  ];
}

/** Ready when the REST catalog answers, alive while Thrift does. */
export function serverPod(group: PodGroup, facts: PodFacts): PodArgs {
  const { settings, objects, metastore, s3, tls } = facts;
  const files = config.serverFiles(siteFacts(facts), { url: url(objects.endpoint), region: objects.region });
  const thrift = { tcpSocket: { port: "thrift" } };
  return {
    ...metastorePod(group, facts, files),
    containers: [
      {
        name: "hive-metastore",
        image: settings.image ?? pins.hiveMetastore.image,
        command: [...config.SERVER_COMMAND],
        env: {
          ...config.serverEnv(group.limits.memory),
          ...databaseEnv(metastore),
          ...awsEnv(s3, objects),
          ...(tls === undefined ? {} : { [config.KEYSTORE_PASSWORD]: fromSecret(tls.secret, "password") }),
        },
        ...(tls === undefined ? {} : { mounts: { [config.KEYSTORE_DIRECTORY]: TLS } }),
        ports: { thrift: config.THRIFT_PORT, rest: config.REST_PORT, metrics: config.METRICS_PORT },
        startupProbe: { ...thrift, periodSeconds: 5, failureThreshold: 60 },
        readinessProbe: {
          httpGet: {
            path: `/${config.REST_PATH}/v1/config`,
            port: "rest",
            ...(tls === undefined ? {} : { scheme: "HTTPS" }),
          },
          periodSeconds: 10,
          timeoutSeconds: 5,
        },
        livenessProbe: { ...thrift, periodSeconds: 15, failureThreshold: 4, timeoutSeconds: 5 },
        lifecycle: { preStop: { exec: { command: config.drainCommand() } } },
      },
    ],
    terminationGracePeriodSeconds: config.GRACE_SECONDS,
    ...(tls === undefined ? {} : { secrets: { [TLS]: config.CERTIFICATE } }),
  };
}

/** Volume of the keystore. */
const TLS = "tls";

/** Waits for the database, which on a new stack starts at the same time, and creates or upgrades the schema. */
export function schemaPod(group: PodGroup, facts: PodFacts): PodArgs {
  const { settings, metastore } = facts;
  const pod = metastorePod(group, facts, config.schemaFiles(siteFacts(facts)));
  return {
    ...pod,
    initContainers: [postgresClient("wait", WAIT_SCRIPT, metastore), ...(pod.initContainers ?? [])],
    containers: [
      {
        name: "schematool",
        image: settings.image ?? pins.hiveMetastore.image,
        command: [...config.SCHEMA_COMMAND],
        env: { ...config.schemaEnv(group.limits.memory), ...databaseEnv(metastore) },
      },
    ],
  };
}

/** A dump, then its upload: a container each, as no image has both clients. */
export function backupPod(group: PodGroup, { settings, objects, reader, s3 }: BackupFacts): PodArgs {
  const { retentionDays } = settings.backup;
  return {
    group,
    version: shared.postgres.version,
    user: USER,
    priorityClass: group.priorityClass,
    initContainers: [postgresClient("dump", dumpScript(), reader)],
    containers: [
      {
        name: "upload",
        image: shared.minioClient.image,
        command: ["/bin/sh", "-ec"],
        args: [uploadScript({ bucket: objects.buckets.backups, retentionDays })],
        env: {
          S3_URL: url(objects.endpoint),
          MC_CONFIG_DIR: "/tmp/mc",
          ...credentialsEnv(s3, "S3_ACCESS_KEY", "S3_SECRET_KEY"),
        },
      },
    ],
  };
}

/** Common parts of servers and schema task: libraries, user, configuration. */
function metastorePod(
  group: PodGroup,
  { fetcher }: PodFacts,
  files: Readonly<Record<string, string>>,
): Omit<PodArgs, "containers"> {
  return {
    group,
    version: pins.hiveMetastore.version,
    user: USER,
    priorityClass: group.priorityClass,
    config: { conf: { mountPath: config.CONFIG_DIRECTORY, files } },
    initContainers: fetcher === undefined ? [] : [fetcher],
  };
}

const siteFacts = ({ objects, metastore, tls }: PodFacts): config.MetastoreSite => ({
  jdbcUrl: metastore.jdbcUrl,
  warehouse: objects.buckets.warehouse,
  tls: tls !== undefined,
});

function postgresClient(name: string, script: string, access: DatabaseAccess): ContainerArgs {
  return {
    name,
    image: shared.postgres.image,
    command: ["/bin/sh", "-ec"],
    args: [script],
    env: {
      HOME: "/tmp",
      PGHOST: access.endpoint.host,
      PGPORT: String(access.endpoint.port),
      PGDATABASE: access.database,
      ...credentialsEnv(access, "PGUSER", "PGPASSWORD"),
    },
  };
}

const databaseEnv = (keys: SecretKeys) => credentialsEnv(keys, "HMS_DB_USER", "HMS_DB_PASSWORD");
