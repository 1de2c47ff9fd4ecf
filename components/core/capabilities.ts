import type { Endpoint, PodPeer } from "./endpoint";
import type { AccessLevel, BucketGrant } from "./grant";
import type { Service } from "./service";

/** What a layer hands to the next. Owned and existing systems implement the same interface. */

export type BucketKey = "bronze" | "silver" | "gold" | "warehouse" | "backups";

/** Names of a Secret in the client's namespace and of the keys in it: never the values. */
export interface SecretKeys {
  readonly secret: string;
  readonly userKey: string;
  readonly passwordKey: string;
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
  /** Real names by key. */
  readonly buckets: Readonly<Record<BucketKey, string>>;
  /** Everything that was granted, for stores that keep rights on the bucket. */
  readonly grants: readonly BucketGrant[];
  /** Lets a client do what it asks for, and nothing else; the credentials are a Secret in its namespace. */
  grant(client: Service, access: readonly BucketRequest[]): SecretKeys;
}

export interface DatabaseAccess extends SecretKeys {
  readonly endpoint: Endpoint;
  readonly database: string;
  /** Without credentials: `jdbc:postgresql://host:5432/database`. */
  readonly jdbcUrl: string;
}

/** A PostgreSQL server. */
export interface Database {
  readonly endpoint: Endpoint;
  /** A database of the client's own, with a role that owns it. */
  own(client: Service, database: string): DatabaseAccess;
  /** Reads another service's database. */
  read(client: Service, database: string): DatabaseAccess;
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

/** Topics that services write to and read from. */
export interface EventLog {
  readonly bootstrap: Endpoint;
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
