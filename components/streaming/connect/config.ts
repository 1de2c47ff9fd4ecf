import type { ReplicationAccess, TopicAccess } from "../../core/capabilities";
import { isSecure, POSTGRES_TLS } from "../../core/endpoint";
import { type PodGroup, resourceRequirements } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import { imageFor } from "../../core/site";
import { trustAnnotations, trustEnv, trustMounts, trustVolumes } from "../../core/trust";
import { pins } from "./pins";
import type { ConnectSettings } from "./settings";
import { container, jvmOptions, podTemplate } from "../kafka/config";
import { pins as kafkaPins } from "../kafka/pins";

/** Kafka Connect's and Debezium's settings, as pure functions. */

export type Source = ConnectSettings["sources"][number];

export const REST_PORT = 8083;
export const CONNECT = "connect";
export const METRICS_CONFIG = { name: "connect-metrics", key: "connect.yaml" } as const;

/** Partitions of the workers' internal topics, which are compacted. Connect requires one partition for the first. */
export const TOPICS = { "connect-configs": 1, "connect-offsets": 25, "connect-status": 5 } as const satisfies Record<
  string,
  number
>;

/** Labels that Strimzi gives the workers. */
export const WORKER_LABELS = { "strimzi.io/cluster": CONNECT, "strimzi.io/name": `${CONNECT}-connect` };

/**
 * Heap of a worker, in bytes: three quarters of the pod. Java's classes, threads and network buffers take the rest, at least 256
 * MiB.
 * @param memory of the pod, in bytes
 */
export function heap(memory: number): number {
  return memory - Math.max(256 * MiB, Math.floor(memory / 4));
}

/** Debezium's image as it is published, mounted beside the worker, and the one connector of it that is used. */
export const PLUGIN_VOLUME = { name: "debezium", mountPath: "/mnt/debezium" } as const;
export const PLUGIN_FOLDER = "/kafka/connect/debezium-connector-postgres";
export const PLUGIN_PATH = `${PLUGIN_VOLUME.mountPath}${PLUGIN_FOLDER}/*`;

/** The worker's settings besides what Strimzi writes itself (bootstrap, security, group, listeners, plugin path). */
export function workerConfig(): Record<string, string | number | boolean> {
  const json = "org.apache.kafka.connect.json.JsonConverter";
  return {
    "key.converter": json,
    "key.converter.schemas.enable": false,
    "value.converter": json,
    // The schema would be the larger part of every record, and readers of tables have the types.
    "value.converter.schemas.enable": false,
    // A source that crashes before its first offset is stored begins with a snapshot again, and misses deletes in between.
    "offset.flush.interval.ms": 5000,
    // The brokers' default.
    "config.storage.replication.factor": -1,
    "offset.storage.replication.factor": -1,
    "status.storage.replication.factor": -1,
  };
}

export interface WorkerFacts {
  readonly group: PodGroup;
  readonly settings: ConnectSettings;
  readonly kafka: TopicAccess;
  /** Secret with user and password of the sources' database role. @default no source */
  readonly database?: Pick<ReplicationAccess, "secret" | "userKey" | "passwordKey">;
}

/** The workers (KafkaConnect). Credentials are variables; connectors name the variables. */
export function workerSpec({ group, settings, kafka, database }: WorkerFacts): object {
  const own = settings.image !== undefined;
  const { volumes, mounts } = workerVolumes(group, own);
  const annotations = trustAnnotations(group);
  const fromSecret = (name: string, key: string) => ({
    name,
    valueFrom: { secretKeyRef: { name: database?.secret, key } },
  });
  return {
    version: kafkaPins.kafka.version,
    image: imageFor(group, settings.image ?? kafkaPins.kafka.image),
    replicas: group.replicas,
    bootstrapServers: kafka.bootstrap,
    groupId: CONNECT,
    configStorageTopic: "connect-configs",
    offsetStorageTopic: "connect-offsets",
    statusStorageTopic: "connect-status",
    ...(kafka.ca === undefined
      ? {}
      : { tls: { trustedCertificates: [{ secretName: kafka.ca.secret, certificate: kafka.ca.key }] } }),
    authentication: {
      type: "scram-sha-512",
      username: kafka.user,
      passwordSecret: { secretName: kafka.secret, password: kafka.passwordKey },
    },
    config: workerConfig(),
    resources: resourceRequirements(group),
    jvmOptions: jvmOptions(heap(group.limits.memory)),
    metricsConfig: { type: "jmxPrometheusExporter", valueFrom: { configMapKeyRef: METRICS_CONFIG } },
    template: {
      pod: {
        ...podTemplate(group, WORKER_LABELS),
        ...(Object.keys(annotations).length === 0 ? {} : { metadata: { annotations } }),
        ...(volumes.length === 0 ? {} : { volumes }),
      },
      connectContainer: {
        ...container,
        env: [
          // Strimzi's plugin folder takes whole images only, and this image contains all of Kafka.
          ...(own ? [] : [{ name: "CLASSPATH", value: PLUGIN_PATH }]),
          ...Object.entries(trustEnv(group)).map(([name, value]) => ({ name, value })),
          ...(database === undefined
            ? []
            : [fromSecret("POSTGRES_USER", database.userKey), fromSecret("POSTGRES_PASSWORD", database.passwordKey)]),
        ],
        ...(mounts.length === 0 ? {} : { volumeMounts: mounts }),
      },
    },
  };
}

/** Volumes of Debezium's image, where the worker's own has no connector, and of the CA bundle. */
function workerVolumes(group: PodGroup, own: boolean) {
  const reference = imageFor(group, pins.debezium.image);
  return {
    volumes: [
      ...(own ? [] : [{ name: PLUGIN_VOLUME.name, image: { reference, pullPolicy: "IfNotPresent" } }]),
      ...trustVolumes(group),
    ],
    // Strimzi has no `readOnly` here: a ConfigMap is read-only in any case.
    mounts: [
      ...(own ? [] : [PLUGIN_VOLUME]),
      ...trustMounts(group).map(({ name, mountPath }) => ({ name, mountPath })),
    ],
  };
}

/** Kubernetes' name of a source's connector. */
export const connectorName = ({ database }: Pick<Source, "database">): string =>
  `source-${database.replaceAll("_", "-")}`;

/**
 * Debezium for one database (KafkaConnector): a topic for each table, `shop.public.orders`. A change that cannot be handled fails
 * the connector, which an alert reports: a source that skips a change loses it, and dead-letter topics are for sinks.
 */
export function connectorSpec(source: Source, access: ReplicationAccess): object {
  return {
    class: "io.debezium.connector.postgresql.PostgresConnector",
    tasksMax: 1,
    autoRestart: { enabled: true },
    config: {
      "database.hostname": access.endpoint.host,
      "database.port": access.endpoint.port,
      "database.user": "${strimzienv:POSTGRES_USER}",
      "database.password": "${strimzienv:POSTGRES_PASSWORD}",
      ...(isSecure(access.endpoint)
        ? { "database.sslmode": POSTGRES_TLS.sslmode, "database.sslfactory": POSTGRES_TLS.sslfactory }
        : {}),
      "database.dbname": access.database,
      "topic.prefix": access.database,
      "plugin.name": "pgoutput",
      // The stack creates the publication: Debezium would try to extend it beyond its rights.
      "publication.name": access.publication,
      "publication.autocreate.mode": "disabled",
      "slot.name": access.slot,
      "slot.drop.on.stop": false,
      // A failover slot, which standbys have too: only the creator of a slot can choose that.
      "slot.failover": true,
      // Once at the start, and again when the slot is lost (a failover to a standby without it).
      "snapshot.mode": "when_needed",
      "schema.include.list": "public",
      ...(source.tables === undefined
        ? {}
        : { "table.include.list": source.tables.map((table) => `public.${table}`).join(",") }),
      // The slot of a quiet database must advance too, or it holds back the log of all databases of the server.
      "heartbeat.interval.ms": 60_000,
      "heartbeat.action.query": "SELECT pg_logical_emit_message(false, 'heartbeat', now()::text)",
      // Decimals as text, which readers of JSON understand, instead of bytes.
      "decimal.handling.mode": "string",
      "errors.tolerance": "none",
      "topic.creation.default.partitions": -1,
      "topic.creation.default.replication.factor": -1,
    },
  };
}
