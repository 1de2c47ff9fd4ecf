import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../../core/platform";
import type { EventLog, TopicAccess, TopicRequest, TopicSettings } from "../../core/capabilities";
import { type Endpoint, isSecure, type PodPeer, serviceEndpoint } from "../../core/endpoint";
import { Link } from "../../core/link";
import type { Login } from "../../core/login";
import { password } from "../../core/password";
import { type Metadata, Service } from "../../core/service";
import { acls, resourceName } from "./access";
import * as config from "./config";
import { kafkaRules } from "./metrics";
import { kafkaMonitoring } from "./monitoring";
import { pins } from "./pins";
import { CLUSTER, kafkaPods, nodeRoles, podLabels } from "./pods";
import type { KafkaSettings } from "./settings";

export interface KafkaArgs {
  readonly platform: Platform;
  readonly settings: KafkaSettings;
  /** The pods of the operator, which connects to the nodes. */
  readonly operator: PodPeer;
}

/** Keys in the Secret of each user. */
const KEYS = { userKey: "username", passwordKey: "password", jaasKey: "sasl.jaas.config" } as const;

/** Kafka by Strimzi, with KRaft. Every client has a password, and rights on the topics that it requested alone. */
export class Kafka extends Service implements EventLog {
  readonly bootstrap: Endpoint;
  private readonly tls: Endpoint;
  private readonly cluster: k8s.apiextensions.CustomResource;
  private readonly platform: Platform;
  private readonly dataOptions: pulumi.CustomResourceOptions;

  constructor(args: KafkaArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, operator } = args;
    const name = CLUSTER;
    const namespace = platform.namespace("streaming");
    const pods = kafkaPods(platform, settings);
    super("streaming:Kafka", name, { namespace, pods, monitoring: kafkaMonitoring(settings), podLabels }, opts);
    const roles = nodeRoles(settings);
    const clients = this.peer(settings.combined ? "combined" : "broker");
    const client = (listener: string, port: number, tls: boolean) =>
      serviceEndpoint({
        tls,
        name: `${name}-${listener}`,
        peer: clients,
        service: `${name}-kafka-bootstrap`,
        port,
        scheme: "kafka",
      });
    this.bootstrap = platform.tls
      ? client("clients", config.CLIENTS_PORT, true)
      : client("plain", config.PLAIN_PORT, false);
    this.tls = client("tls", config.TLS_PORT, true);
    const certificate = this.tlsCertificate(platform, config.brokerCertificate(namespace));
    this.platform = platform;
    this.dataOptions = platform.dataOptions;
    this.connect(platform, operator, settings.combined);

    const metrics = new k8s.core.v1.ConfigMap(
      config.METRICS_CONFIG.name,
      {
        metadata: this.metadata(config.METRICS_CONFIG.name, "metrics"),
        data: { [config.METRICS_CONFIG.key]: kafkaRules() },
      },
      { parent: this },
    );
    const nodePools = roles.map((role) =>
      this.custom(
        `${name}-${role}`,
        { apiVersion: API, kind: "KafkaNodePool", metadata: this.metadata(role, role) },
        config.nodePoolSpec(this.group(role), role),
        this.dataOptions,
      ),
    );
    this.cluster = this.custom(
      name,
      {
        apiVersion: API,
        kind: "Kafka",
        // Without Strimzi's label, which is for objects that belong to a cluster.
        metadata: super.metadata(name, "cluster", pins.kafka.version),
        ready: true,
      },
      config.clusterSpec({
        settings,
        entityOperator: this.group("entity-operator"),
        exporter: this.group("exporter"),
        tls: platform.tls,
      }),
      { dependsOn: [metrics, ...certificate, ...nodePools], ...this.dataOptions },
    );
    this.registerOutputs({ bootstrap: this.bootstrap.host });
  }

  topic(name: string, { partitions = 3, retentionMs, compacted = false }: TopicSettings = {}): string {
    this.custom(
      `${this.service}-topic-${name}`,
      { apiVersion: API, kind: "KafkaTopic", metadata: this.metadata(resourceName(name), "topic") },
      {
        topicName: name,
        partitions,
        config: {
          "cleanup.policy": compacted ? "compact" : "delete",
          ...(retentionMs === undefined ? {} : { "retention.ms": retentionMs }),
        },
      },
      { dependsOn: [this.cluster], ...this.dataOptions },
    );
    return name;
  }

  grant(client: Service, access: readonly TopicRequest[]): TopicAccess {
    const { service } = client;
    const alive = this.platform.logins(service);
    for (const login of alive) this.user(client, login, access);
    const near = client.namespace === this.namespace;
    const endpoint = near ? this.tls : this.bootstrap;
    return {
      secret: `${service}-kafka${alive[0].suffix}`,
      user: alive[0].user,
      ...KEYS,
      endpoint,
      bootstrap: `${endpoint.host}:${String(endpoint.port)}`,
      securityProtocol: isSecure(endpoint) ? "SASL_SSL" : "SASL_PLAINTEXT",
      mechanism: "SCRAM-SHA-512",
      ...(near ? { ca: config.CA } : {}),
    };
  }

  /** A KafkaUser, and the Secret of its client. */
  private user(client: Service, { user, suffix }: Login, access: readonly TopicRequest[]): void {
    const { service } = client;
    const generated = password(`${service}-kafka${suffix}`, this);
    // Strimzi reads passwords in Kafka's namespace only, a client in its own.
    const stored = this.secret(`password-${user}`, { password: generated });
    const known = this.custom(
      `${this.service}-user-${user}`,
      { apiVersion: API, kind: "KafkaUser", metadata: this.metadata(user, "user"), ready: true },
      {
        authentication: {
          type: "scram-sha-512",
          password: { valueFrom: { secretKeyRef: { name: `${this.service}-password-${user}`, key: "password" } } },
        },
        authorization: { type: "simple", acls: acls(service, access) },
      },
      { dependsOn: [this.cluster, stored] },
    );
    client.secret(
      `kafka${suffix}`,
      {
        [KEYS.userKey]: user,
        [KEYS.passwordKey]: generated,
        [KEYS.jaasKey]: pulumi.interpolate`org.apache.kafka.common.security.scram.ScramLoginModule required username="${user}" password="${generated}";`,
      },
      { after: [known] },
    );
  }

  /** Links between Strimzi's pods, and to the API server: nodes read their certificates from Secrets. */
  private connect(platform: Platform, operator: PodPeer, combined: boolean): void {
    const [brokers, controllers] = combined ? ["combined", "combined"] : ["broker", "controller"];
    const controlPlane = this.internal("control-plane", controllers, config.CONTROLLER_PORT);
    const replication = this.internal("replication", brokers, config.REPLICATION_PORT);
    const agent = this.internal("agent", "node", config.AGENT_PORT);
    this.link(controlPlane, "node");
    for (const role of [brokers, "entity-operator", "exporter"]) this.link(replication, role);
    for (const role of ["node", "entity-operator"]) this.link(platform.apiServer, role);
    for (const to of [controlPlane, replication, agent])
      new Link(`${operator.name}-to-${to.name}`, { from: operator, to }, { parent: this });
  }

  /** Strimzi's own, by certificates of both sides. */
  private internal(name: string, role: string, port: number): Endpoint {
    const peer = this.peer(role);
    const service = `${this.service}-kafka-brokers`;
    return serviceEndpoint({ name: `${this.service}-${name}`, peer, service, port, scheme: "kafka", tls: true });
  }

  /** Adds the label by which Strimzi finds the objects of a cluster. */
  protected override metadata(name: string, role: string): Metadata {
    const { labels, ...rest } = super.metadata(name, role, pins.kafka.version);
    return { ...rest, labels: { ...labels, ...podLabels(undefined) } };
  }
}

const API = "kafka.strimzi.io/v1";
