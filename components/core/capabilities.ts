import type { Endpoint, PodPeer } from "./endpoint";
import type { AccessLevel, BucketGrant } from "./grant";
import type { ContainerArgs } from "./pod";
import type { S3Sdk } from "./s3-sdk";
import type { Service } from "./service";
import type { JarPin } from "./versions";

/** What a layer hands to the next. Owned and existing systems implement the same interface. */

export type BucketKey = "bronze" | "silver" | "gold" | "warehouse" | "backups";

/** Names of a Secret in the client's namespace and of the keys in it: never the values. */
export interface SecretKeys {
  readonly secret: string;
  readonly userKey: string;
  readonly passwordKey: string;
}

/** The way to the objects for one client. */
export interface ObjectAccess extends SecretKeys {
  readonly endpoint: Endpoint;
}

export interface BucketRequest {
  readonly bucket: BucketKey;
  /** Ends in `/`. @default the whole bucket */
  readonly prefix?: string;
  readonly level: AccessLevel;
}

/** S3: MinIO of ours, the existing Ceph RGW, or a service outside. */
export interface ObjectStore {
  readonly endpoint: Endpoint;
  readonly region: string;
  /** What clients by AWS's SDKs must be told of it. */
  readonly sdk: S3Sdk;
  /** Real names by key. */
  readonly buckets: Readonly<Record<BucketKey, string>>;
  /** Everything that was granted, for stores that keep rights on the bucket. */
  readonly grants: readonly BucketGrant[];
  /** Lets a client do what it asks for, and nothing else; the credentials are a Secret in its namespace. */
  grant(client: Service, access: readonly BucketRequest[]): ObjectAccess;
}

/** Pinned libraries that upstream's images lack, served inside of the cluster. */
export interface Libraries {
  /** Connects the client's pods, of one role or all; returns the init container that fetches these and checks their sums. */
  fetcher(client: Service, pins: readonly JarPin[], role?: string): ContainerArgs;
}

export interface DatabaseAccess extends SecretKeys {
  readonly endpoint: Endpoint;
  readonly database: string;
  /** Without credentials: `jdbc:postgresql://host:5432/database`. */
  readonly jdbcUrl: string;
}

/** The way in for a client that follows changes. */
export interface ReplicationAccess extends DatabaseAccess {
  /** What is published: every table of the database. */
  readonly publication: string;
  /** Name of what remembers how far the client has read, and holds back write-ahead log until it has. The client makes it. */
  readonly slot: string;
}

/** A PostgreSQL server. */
export interface Database {
  readonly endpoint: Endpoint;
  /** A database of the client's own, with a role that owns it. */
  own(client: Service, database: string): DatabaseAccess;
  /** Reads another service's database. */
  read(client: Service, database: string): DatabaseAccess;
  /** Follows every change of a database. One that no service owns is made, with an owner for whoever writes to it. */
  replicate(client: Service, database: string): ReplicationAccess;
}

/** The catalog of Iceberg tables: REST for every engine, Thrift for those that read Hive and Delta tables. */
export interface TableCatalog {
  readonly rest: Endpoint;
  /** `http://host:9001/iceberg` */
  readonly restUrl: string;
  readonly thrift: Endpoint;
  /** Where tables without a location of their own go: `s3://warehouse/`. */
  readonly warehouse: string;
}

/** A SQL endpoint for the query API, the scheduler, notebooks. */
export interface SqlEngine {
  readonly endpoint: Endpoint;
  readonly catalogs: readonly string[];
}

/** What one client asks for of one topic, or of all topics whose names begin so. */
export interface TopicRequest {
  readonly topic: string;
  /** Whether `topic` is the beginning of names. @default false */
  readonly prefix?: boolean;
  /** `create` besides writing makes topics by that name: for what names its topics itself (Connect's own, Debezium's tables). */
  readonly level: "read" | "write" | "create";
  /**
   * Consumer group of a reader: it may use this one, and those that begin with it and `-`. False for who asks for partitions
   * and has no place remembered. @default the client's service name
   */
  readonly group?: string | false;
}

export interface TopicSettings {
  /** @default 3 */
  readonly partitions?: number;
  /** How long records are kept, such as 604_800_000 (7 days). @default the log's own retention */
  readonly retentionMs?: number;
  /** Keeps the newest record of each key instead of dropping by age. @default false */
  readonly compacted?: boolean;
}

/** The way in for one client. Its user and password, and what Kafka clients take as one line, are keys of a Secret in its namespace. */
export interface TopicAccess extends SecretKeys {
  /** Who signs in, for clients that have it from elsewhere than the Secret. */
  readonly user: string;
  /** Where the client connects, for its Link; with TLS where `ca` is given. */
  readonly endpoint: Endpoint;
  /** `kafka-kafka-bootstrap.lakehouse-streaming.svc:9093` */
  readonly bootstrap: string;
  readonly securityProtocol: "SASL_SSL" | "SASL_PLAINTEXT";
  readonly mechanism: "SCRAM-SHA-512";
  /** Key of the Secret that holds the whole `sasl.jaas.config` line. */
  readonly jaasKey: string;
  /** Secret in the client's namespace with the certificate (PEM) of who signed the brokers': where the client can have it. */
  readonly ca?: { readonly secret: string; readonly key: string };
}

/** What is known of topics before anything runs. */
export interface KnownTopics {
  /** Those that have a name already. */
  readonly topics: readonly string[];
  /** Databases whose changes are in topics: `<database>.public.<table>`. */
  readonly databases: readonly string[];
}

/** Topics that services write to and read from. */
export interface EventLog {
  /** For clients of any namespace: encrypted passwords, no encryption of records. */
  readonly bootstrap: Endpoint;
  /** Makes a topic of this name. Returns the name. */
  topic(name: string, settings?: TopicSettings): string;
  /** Lets a client do what it asks for, and nothing else; with TLS for clients in the log's own namespace. The Link is the client's. */
  grant(client: Service, access: readonly TopicRequest[]): TopicAccess;
}

/** Who scrapes. */
export interface Metrics {
  readonly scraper: PodPeer;
}

/** A job that the scheduler can submit. */
export interface ScheduledJob {
  readonly name: string;
  /** The custom resource, as the scheduler submits it. */
  readonly manifest: object;
}

/** Runs workflows: the Airflow that is there, or ours. */
export interface Scheduler {
  readonly peer: PodPeer;
}
