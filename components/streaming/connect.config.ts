import type { ReplicationAccess, TopicAccess } from "../core/capabilities";
import { type PodGroup, resourceRequirements } from "../core/pod-group";
import { MiB } from "../core/quantity";
import { imageFor } from "../core/site";
import { trustAnnotations, trustEnv, trustMounts, trustVolumes } from "../core/trust";
import { images, versions } from "../core/versions";
import type { Settings } from "../settings";
import { container, jvmOptions, podTemplate } from "./kafka.config";

/** Kafka Connect's and Debezium's settings, as pure functions. */

export type ConnectSettings = Settings["streaming"]["connect"];
export type Source = ConnectSettings["sources"][number];

export const REST_PORT = 8083;
export const CONNECT = "connect";
export const METRICS_CONFIG = { name: "connect-metrics", key: "connect.yaml" } as const;

/** Where workers keep what they know: compacted, and Connect insists on one partition for the first. */
export const TOPICS = { "connect-configs": 1, "connect-offsets": 25, "connect-status": 5 } as const satisfies Record<
  string,
  number
>;

/** Labels that Strimzi gives the workers. */
export const WORKER_LABELS = { "strimzi.io/cluster": CONNECT, "strimzi.io/name": `${CONNECT}-connect` };

/**
 * Heap of a worker, in bytes: what a quarter leaves, of which Java's classes, threads and network buffers take 256 MiB at
 * the least.
 * @param memory of the pod, in bytes
 */
export function heap(memory: number): number {
  return memory - Math.max(256 * MiB, Math.floor(memory / 4));
}

/** Debezium's image as it is published, mounted beside the worker, and the one connector of it that is used. */
const PLUGIN_VOLUME = { name: "debezium", mountPath: "/mnt/debezium" } as const;
export const PLUGIN_PATH = `${PLUGIN_VOLUME.mountPath}/kafka/connect/debezium-connector-postgres/*`;

/** The worker's settings besides what Strimzi writes itself (bootstrap, security, group, listeners, plugin path). */
export function workerConfig(): Record<string, string | number | boolean> {
  const json = "org.apache.kafka.connect.json.JsonConverter";
  return {
    "key.converter": json,
    "key.converter.schemas.enable": false,
    "value.converter": json,
    // The schema in every record would be most of it; who reads tables knows their types.
    "value.converter.schemas.enable": false,
    // A source that crashes before its place is kept begins with a snapshot again, and what was deleted meanwhile is never told.
    "offset.flush.interval.ms": 5000,
    // As the brokers say.
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
    version: versions.kafka,
    image: imageFor(group, settings.image ?? images.kafka),
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
          // Strimzi's plugin folder takes whole images only, and this one has the whole of Kafka in it.
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

/** Debezium's image where the worker's own has no connector, and the CAs. */
function workerVolumes(group: PodGroup, own: boolean) {
  const reference = imageFor(group, images.debezium);
  return {
    volumes: [
      ...(own ? [] : [{ name: PLUGIN_VOLUME.name, image: { reference, pullPolicy: "IfNotPresent" } }]),
      ...trustVolumes(group),
    ],
    // Strimzi knows no `readOnly`: a ConfigMap is read only in any case.
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
 * Debezium for one database (KafkaConnector): a topic for each table, `shop.public.orders`. A change that cannot be handled
 * stops the connector, loudly: a source that skipped it would lose it, and dead-letter topics are for sinks.
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
      "database.dbname": access.database,
      "topic.prefix": access.database,
      "plugin.name": "pgoutput",
      // The publication is the stack's: Debezium would make it larger than it is granted.
      "publication.name": access.publication,
      "publication.autocreate.mode": "disabled",
      "slot.name": access.slot,
      "slot.drop.on.stop": false,
      // Made so that standbys have it too: only who makes a slot can say so.
      "slot.failover": true,
      // Once at the start, and again when the slot no longer has what is missing (a failover to a standby without it).
      "snapshot.mode": "when_needed",
      "schema.include.list": "public",
      ...(source.tables === undefined
        ? {}
        : { "table.include.list": source.tables.map((table) => `public.${table}`).join(",") }),
      // A quiet database must move its slot too, or it keeps the log of all the busy ones on the server.
      "heartbeat.interval.ms": 60_000,
      "heartbeat.action.query": "SELECT pg_logical_emit_message(false, 'heartbeat', now()::text)",
      // Numbers that readers of JSON understand, not bytes.
      "decimal.handling.mode": "string",
      "errors.tolerance": "none",
      "topic.creation.default.partitions": -1,
      "topic.creation.default.replication.factor": -1,
    },
  };
}
