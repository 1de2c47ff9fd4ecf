import { placement } from "../core/placement";
import { RESTRICTED } from "../core/pod";
import { type PodGroup, resourceRequirements, type Resources } from "../core/pod-group";
import { formatBytes, GiB, MiB } from "../core/quantity";
import { imageFor, pullSecrets } from "../core/site";
import { images, versions } from "../core/versions";
import { CLUSTER, type KafkaSettings, type NodeRole, podLabels } from "./kafka.pods";

/** Kafka's sizes and Strimzi's custom resources, as pure functions. */

export const PLAIN_PORT = 9092;
export const TLS_PORT = 9093;
/** Strimzi's own listeners, by mutual TLS: controllers, replication and Strimzi's tools, the agent that its operator asks. */
export const CONTROLLER_PORT = 9090;
export const REPLICATION_PORT = 9091;
export const AGENT_PORT = 8443;
export const METRICS = { portName: "tcp-prometheus", port: 9404 } as const;
export const METRICS_CONFIG = { name: `${CLUSTER}-metrics`, key: "kafka.yaml" } as const;
/** What signs the brokers' certificates; made by Strimzi, in Kafka's namespace only. */
export const CA = { secret: `${CLUSTER}-cluster-ca-cert`, key: "ca.crt" } as const;

/**
 * Heap of a node, in bytes. A broker lives by the page cache, which is what the heap leaves: a quarter of the pod, 6 GiB at
 * the most (more than any broker needs), and for small ones 512 MiB, but never over a half. A controller keeps the metadata
 * of all topics in its heap and reads little: a half, 4 GiB at the most.
 * @param memory of the pod, in bytes
 */
export function heap(role: NodeRole, memory: number): number {
  const half = Math.floor(memory / 2);
  if (role === "controller") return Math.min(4 * GiB, half);
  return Math.min(6 * GiB, Math.max(Math.floor(memory / 4), Math.min(512 * MiB, half)));
}

/** Java's options for a heap that neither grows nor shrinks. */
export function jvmOptions(bytes: number): Record<string, string> {
  const size = `${String(Math.floor(bytes / MiB))}m`;
  return { "-Xms": size, "-Xmx": size };
}

/** Copies of each record, and how many of them must have it before a write counts: one broker may be gone, if there are two. */
export function replication(brokers: number): { readonly copies: number; readonly inSync: number } {
  const copies = Math.min(3, brokers);
  return { copies, inSync: Math.max(1, copies - 1) };
}

/** Server settings: all of them are known to Kafka 4.1 to 4.3. */
export function serverConfig(settings: KafkaSettings): Record<string, string | number | boolean> {
  const { copies, inSync } = replication(settings.broker.replicas);
  return {
    "auto.create.topics.enable": false,
    "default.replication.factor": copies,
    "log.retention.hours": settings.retentionHours,
    "min.insync.replicas": inSync,
    "num.partitions": 3,
    "offsets.topic.replication.factor": copies,
    "share.coordinator.state.topic.min.isr": inSync,
    "share.coordinator.state.topic.replication.factor": copies,
    "transaction.state.log.min.isr": inSync,
    "transaction.state.log.replication.factor": copies,
  };
}

/** Where and how pods run, in the words that all of Strimzi's templates share. */
export function podTemplate(group: PodGroup, labels: Readonly<Record<string, string>>): object {
  return {
    ...placement(group, labels),
    ...pullSecrets(group),
    ...(group.priorityClass === undefined ? {} : { priorityClassName: group.priorityClass }),
    securityContext: {
      runAsNonRoot: true,
      // Group 0, as the files of Strimzi's images and what they write belong to it.
      fsGroup: 0,
      seccompProfile: { type: "RuntimeDefault" },
    },
  };
}

export const container = { securityContext: RESTRICTED } as const;

/** The namespace's quota has no room for an old pod beside its new one. */
const RECREATE = { deploymentStrategy: "Recreate" } as const;

const ROLES: Readonly<Record<NodeRole, readonly string[]>> = {
  broker: ["broker"],
  controller: ["controller"],
  combined: ["controller", "broker"],
};

/** Nodes of one kind (KafkaNodePool). The first volume holds the metadata too. */
export function nodePoolSpec(group: PodGroup, role: NodeRole): object {
  return {
    replicas: group.replicas,
    roles: [...ROLES[role]],
    storage: {
      type: "jbod",
      volumes: group.volumes.map((claim, id) => ({
        id,
        type: "persistent-claim",
        size: formatBytes(claim.size),
        ...(claim.storageClass === undefined ? {} : { class: claim.storageClass }),
        deleteClaim: false,
        ...(id === 0 ? { kraftMetadata: "shared" } : {}),
      })),
    },
    resources: resourceRequirements(group),
    jvmOptions: jvmOptions(heap(role, group.limits.memory)),
    template: { pod: podTemplate(group, podLabels(role)), kafkaContainer: container },
  };
}

/** A listener for clients: no one without a password, and on the network only who has a Link. */
function listener(name: string, port: number, tls: boolean): object {
  return {
    name,
    port,
    type: "internal",
    tls,
    authentication: { type: "scram-sha-512" },
    // Where an operator of somebody else's makes policies, its own pods: an empty list would mean everybody.
    networkPolicyPeers: [{ podSelector: { matchLabels: podLabels(undefined) } }],
  };
}

export interface KafkaFacts {
  readonly settings: KafkaSettings;
  readonly entityOperator: PodGroup;
  readonly exporter: PodGroup;
}

/** The cluster (Kafka). */
export function clusterSpec({ settings, entityOperator, exporter }: KafkaFacts): object {
  const half = (of: Resources): Resources => ({ cpu: of.cpu / 2, memory: Math.floor(of.memory / 2) });
  const each = { requests: half(entityOperator.requests), limits: half(entityOperator.limits) };
  const image = imageFor(exporter, images.kafka);
  const operator = {
    image: imageFor(entityOperator, images.strimzi),
    resources: resourceRequirements(each),
    jvmOptions: jvmOptions(each.limits.memory / 2),
  };
  return {
    kafka: {
      version: versions.kafka,
      image,
      listeners: [listener("plain", PLAIN_PORT, false), listener("tls", TLS_PORT, true)],
      authorization: { type: "simple" },
      config: serverConfig(settings),
      metricsConfig: { type: "jmxPrometheusExporter", valueFrom: { configMapKeyRef: METRICS_CONFIG } },
    },
    entityOperator: {
      topicOperator: operator,
      userOperator: { ...operator, secretPrefix: "kafka-user-" },
      template: {
        deployment: RECREATE,
        pod: podTemplate(entityOperator, podLabels("entity-operator")),
        topicOperatorContainer: container,
        userOperatorContainer: container,
      },
    },
    kafkaExporter: {
      image,
      topicRegex: ".*",
      groupRegex: ".*",
      resources: resourceRequirements(exporter),
      template: { deployment: RECREATE, pod: podTemplate(exporter, podLabels("exporter")), container },
    },
  };
}
