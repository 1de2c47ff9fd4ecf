import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../../core/platform";
import type { Database, EventLog, ReplicationAccess } from "../../core/capabilities";
import { type PodPeer, serviceEndpoint } from "../../core/endpoint";
import { Link } from "../../core/link";
import { type Metadata, Service } from "../../core/service";
import * as config from "./config";
import { connectMonitoring } from "./monitoring";
import { connectRules } from "../kafka/metrics";
import { pins } from "./pins";
import { connectPods } from "./pods";
import type { ConnectSettings } from "./settings";

export interface ConnectArgs {
  readonly platform: Platform;
  readonly settings: ConnectSettings;
  readonly events: EventLog;
  readonly database: Database;
  /** The pods of the operator, which creates connectors at the workers. */
  readonly operator: PodPeer;
}

/** Kafka Connect with Debezium: every change of the chosen databases becomes a record. */
export class Connect extends Service {
  /** Prefixes of the topics of changes, one a database: `shop.`. */
  readonly topicPrefixes: readonly string[];

  constructor(args: ConnectArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, events, database, operator } = args;
    const name = config.CONNECT;
    const namespace = platform.namespace("streaming");
    const pods = connectPods(platform, settings);
    const podLabels = () => config.WORKER_LABELS;
    super("streaming:Connect", name, { namespace, pods, monitoring: connectMonitoring, podLabels }, opts);

    const service = `${name}-connect-api`;
    const rest = serviceEndpoint({ name: `${name}-rest`, peer: this.peer(), service, port: config.REST_PORT });
    const group = this.group(name);
    // Any worker takes requests, and forwards those of the leader.
    if (group.replicas > 1) this.link({ ...rest, name: `${name}-workers` });
    new Link(`${operator.name}-to-${rest.name}`, { from: operator, to: rest }, { parent: this });
    // Strimzi's workers read their certificates from Secrets.
    this.link(platform.apiServer);

    this.topicPrefixes = settings.sources.map((source) => `${source.database}.`);
    const own = Object.entries(config.TOPICS).map(([topic, partitions]) =>
      events.topic(topic, { partitions, compacted: true }),
    );
    const kafka = this.use(
      events.grant(this, [
        ...own.flatMap((topic) => [{ topic, level: "read" } as const, { topic, level: "write" } as const]),
        ...this.topicPrefixes.map((topic) => ({ topic, prefix: true, level: "create" }) as const),
        ...settings.sources.map((source) => ({ topic: `${HEARTBEATS}.${source.database}`, level: "create" }) as const),
      ]),
    );
    const sources = settings.sources.map((source) => ({
      source,
      access: this.use(database.replicate(this, source.database)),
    }));

    const metrics = new k8s.core.v1.ConfigMap(
      config.METRICS_CONFIG.name,
      {
        metadata: this.metadata(config.METRICS_CONFIG.name, "metrics"),
        data: { [config.METRICS_CONFIG.key]: connectRules() },
      },
      { parent: this },
    );
    const first = sources[0]?.access;
    const workers = this.custom(
      name,
      {
        apiVersion: API,
        kind: "KafkaConnect",
        metadata: { ...this.metadata(name, name), annotations: { "strimzi.io/use-connector-resources": "true" } },
        ready: true,
      },
      config.workerSpec({ group, settings, kafka, ...(first === undefined ? {} : { database: first }) }),
      { dependsOn: [metrics, ...this.parts] },
    );
    for (const { source, access } of sources) this.connector(source, access, workers);
    this.registerOutputs();
  }

  private connector(source: config.Source, access: ReplicationAccess, workers: pulumi.Resource): void {
    const name = config.connectorName(source);
    const { labels: own, ...metadata } = this.metadata(name, "connector");
    this.custom(
      name,
      {
        apiVersion: API,
        kind: "KafkaConnector",
        // Strimzi finds the Connect cluster of a connector by this label.
        metadata: { ...metadata, labels: { ...own, "strimzi.io/cluster": config.CONNECT } },
      },
      config.connectorSpec(source, access),
      { dependsOn: [workers] },
    );
  }

  protected override metadata(name: string, role: string): Metadata {
    return super.metadata(name, role, pins.debezium.version);
  }
}

const API = "kafka.strimzi.io/v1";
/** Prefix of Debezium's heartbeat topics, one a source. */
const HEARTBEATS = "__debezium-heartbeat";
