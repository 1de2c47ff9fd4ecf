import { type Certified, named } from "../../core/certificates";
import { serviceHost } from "../../core/endpoint";
import { placement } from "../../core/placement";
import { RESTRICTED } from "../../core/pod-security";
import { type PodGroup, resourceRequirements, type Resources } from "../../core/pod-group";
import { formatBytes, GiB, MiB } from "../../core/quantity";
import { imageFor, pullSecrets } from "../../core/site";
import { pins } from "./pins";
import { CLUSTER, type NodeRole, podLabels } from "./pods";
import type { KafkaSettings } from "./settings";

/** Kafka's sizes and Strimzi's custom resources, as pure functions. */

export const PLAIN_PORT = 9092;
export const TLS_PORT = 9093;
/** Of clients by TLS with a certificate that every pod trusts; `TLS_PORT` has one of Strimzi's, which its own namespace knows. */
export const CLIENTS_PORT = 9094;
/** The Secret with that certificate. */
export const CERTIFICATE = "kafka-clients-tls";

/** The brokers' certificate: the bootstrap Service, and each broker by its name. */
export function brokerCertificate(namespace: string): Certified {
  const host = (part: string) => serviceHost(`${CLUSTER}-kafka-${part}`, namespace);
  return named({ commonName: CLUSTER, secretName: CERTIFICATE }, [host("bootstrap"), `*.${host("brokers")}`]);
}

/** Strimzi's own listeners, with mutual TLS: controllers, replication and Strimzi's tools, the agent that its operator calls. */
export const CONTROLLER_PORT = 9090;
export const REPLICATION_PORT = 9091;
export const AGENT_PORT = 8443;
export const METRICS = { portName: "tcp-prometheus", port: 9404 } as const;
export const METRICS_CONFIG = { name: `${CLUSTER}-metrics`, key: "kafka.yaml" } as const;
/** CA of the brokers' certificates; Strimzi creates it, in Kafka's namespace only. */
export const CA = { secret: `${CLUSTER}-cluster-ca-cert`, key: "ca.crt" } as const;

/**
 * Heap of a node, in bytes. A broker depends on the page cache, which takes the memory beside the heap: a quarter of the pod, 6 GiB
 * at the most (more than any broker needs), and for small ones 512 MiB, but never over a half. A controller keeps the metadata of
 * all topics in its heap and reads little: a half, 4 GiB at the most.
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

/** Replication factor, and in-sync replicas that a write needs: with at least two brokers, one may be down. */
export function replication(brokers: number): { readonly copies: number; readonly inSync: number } {
  const copies = Math.min(3, brokers);
  return { copies, inSync: Math.max(1, copies - 1) };
}

/** Settings of the brokers, which Kafka 4.1 to 4.3 have. */
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

/** Placement and security of pods: fields that all of Strimzi's pod templates have. */
export function podTemplate(group: PodGroup, labels: Readonly<Record<string, string>>): object {
  return {
    ...placement(group, labels),
    ...pullSecrets(group),
    ...(group.priorityClass === undefined ? {} : { priorityClassName: group.priorityClass }),
    securityContext: {
      runAsNonRoot: true,
      // Group 0 owns the files of Strimzi's images, and files that they write.
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

/** A listener for clients, with passwords; network policies allow clients with a Link. */
function listener(name: string, port: number, tls: boolean, certificate?: string): object {
  return {
    name,
    port,
    type: "internal",
    tls,
    ...(certificate === undefined
      ? {}
      : {
          configuration: { brokerCertChainAndKey: { secretName: certificate, certificate: "tls.crt", key: "tls.key" } },
        }),
    authentication: { type: "scram-sha-512" },
    // An existing operator may create network policies: an empty list would allow everybody.
    networkPolicyPeers: [{ podSelector: { matchLabels: podLabels(undefined) } }],
  };
}

export interface KafkaFacts {
  readonly settings: KafkaSettings;
  readonly entityOperator: PodGroup;
  readonly exporter: PodGroup;
  /** Whether no client is without TLS. @default false */
  readonly tls?: boolean;
}

/** The cluster (Kafka). */
export function clusterSpec({ settings, entityOperator, exporter, tls = false }: KafkaFacts): object {
  const others = tls ? listener("clients", CLIENTS_PORT, true, CERTIFICATE) : listener("plain", PLAIN_PORT, false);
  const half = (of: Resources): Resources => ({ cpu: of.cpu / 2, memory: Math.floor(of.memory / 2) });
  const each = { requests: half(entityOperator.requests), limits: half(entityOperator.limits) };
  const image = imageFor(exporter, pins.kafka.image);
  const operator = {
    image: imageFor(entityOperator, pins.strimzi.image),
    resources: resourceRequirements(each),
    jvmOptions: jvmOptions(each.limits.memory / 2),
  };
  return {
    kafka: {
      version: pins.kafka.version,
      image,
      listeners: [others, listener("tls", TLS_PORT, true)],
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
