import type * as pulumi from "@pulumi/pulumi";

import type { SecretKeys } from "./capabilities";
import type { Endpoint, PodPeer } from "./endpoint";
import type { Service } from "./service";

/** Topics, and who may do what with them. */

/** Access of one client to one topic, or to all topics with a prefix. */
export interface TopicRequest {
  readonly topic: string;
  /** Whether `topic` is a prefix of names. @default false */
  readonly prefix?: boolean;
  /**
   * `create` is `write` and the right to create such topics: for clients that name their topics themselves (Connect's internal
   * topics, Debezium's tables).
   */
  readonly level: "read" | "write" | "create";
  /**
   * Consumer group of a reader: this name, and names that begin with it and `-`. False for a reader that assigns partitions itself
   * and commits no offsets. @default the client's service name
   */
  readonly group?: string | false;
}

export interface TopicSettings {
  /** @default 3 */
  readonly partitions?: number;
  /** Milliseconds that records are kept, such as 604_800_000 (7 days). @default the log's own retention */
  readonly retentionMs?: number;
  /** Keeps the newest record of each key instead of dropping by age. @default false */
  readonly compacted?: boolean;
}

/** Access of one client. Its user, its password and the `sasl.jaas.config` line of Kafka clients are keys of a Secret in its namespace. */
export interface TopicAccess extends SecretKeys {
  /** User name, for clients that do not read it from the Secret. */
  readonly user: string;
  /** Bootstrap endpoint, for the client's Link. */
  readonly endpoint: Endpoint;
  /** `kafka-kafka-bootstrap.lakehouse-streaming.svc:9093` */
  readonly bootstrap: string;
  readonly securityProtocol: "SASL_SSL" | "SASL_PLAINTEXT";
  readonly mechanism: "SCRAM-SHA-512";
  /** Key of the Secret that holds the whole `sasl.jaas.config` line. */
  readonly jaasKey: string;
  /**
   * Secret in the client's namespace with the CA certificate (PEM) of the brokers, for clients in the log's own namespace. Others that
   * connect by TLS trust the brokers as they trust every server.
   */
  readonly ca?: { readonly secret: string; readonly key: string };
}

/** Topics that follow from the settings. */
export interface KnownTopics {
  /** Names of topics. */
  readonly topics: readonly string[];
  /** Databases whose changes Debezium writes to topics `<database>.public.<table>`. */
  readonly databases: readonly string[];
}

/** Topics that services write to and read from. */
export interface EventLog {
  /** For clients of any namespace: SCRAM, so no password in plain text, and TLS where the cluster's settings have it. */
  readonly bootstrap: Endpoint;
  /** Creates a topic. Returns its name. */
  topic(name: string, settings?: TopicSettings): string;
  /** Gives a client exactly the access that it requests; with TLS for clients in the log's own namespace. The client makes the Link. */
  grant(client: Service, access: readonly TopicRequest[]): TopicAccess;
}

/** The event log with its operator, for services that this operator runs too. */
export interface OperatedLog {
  readonly events: EventLog;
  readonly operator: PodPeer;
  /** The operator where this stack deploys it. Custom resources depend on it, because it brings their CRDs. */
  readonly operators: readonly Service[];
  /** The log's custom resource, which is ready once its brokers are. */
  readonly running: pulumi.Resource;
  /** Former parent of Connect and Flink, for their aliases: without it an update would recreate them. */
  readonly formerParent: pulumi.Resource;
}
