import type * as pulumi from "@pulumi/pulumi";

import type { Endpoint } from "./endpoint";
import type { AccessLevel, BucketGrant } from "./grant";
import type { Jar } from "./pins";
import type { ContainerArgs } from "./pod";
import type { S3Sdk } from "./s3-sdk";
import type { Service } from "./service";

/** Interfaces between layers. Deployed and existing systems implement the same one. */

/** Buckets that every stack has. */
export type LakeBucketKey = "bronze" | "silver" | "gold" | "warehouse" | "backups";
/** The bucket `services` exists where an enabled system keeps objects of its own: each service below the prefix of its name. */
export type BucketKey = LakeBucketKey | "services";
/** Real names by key. */
export type BucketNames = Readonly<Record<LakeBucketKey, string> & { services?: string }>;

/** Names of a Secret in the client's namespace and of the keys in it: never the values. */
export interface SecretKeys {
  readonly secret: string;
  readonly userKey: string;
  readonly passwordKey: string;
}

/** Endpoint and credentials of one client of the object store. */
export interface ObjectAccess extends SecretKeys {
  readonly endpoint: Endpoint;
}

export interface BucketRequest {
  readonly bucket: BucketKey;
  /**
   * Ends in `/`. In the bucket `services` it is relative to the prefix of its owner.
   * @default the whole bucket, or the owner's prefix
   */
  readonly prefix?: string;
  /** Service whose objects in the bucket `services` they are. @default the client */
  readonly owner?: string;
  readonly level: AccessLevel;
  /**
   * Names of objects that the client may list. Stores allow the question whether a bucket exists (`HEAD`) only to those who may
   * list all of it. @default "prefix"
   */
  readonly listing?: "prefix" | "bucket";
}

/** An S3 store: the stack's MinIO or SeaweedFS, an existing Ceph RGW, or an external service. */
export interface ObjectStore {
  readonly endpoint: Endpoint;
  readonly region: string;
  /** Settings of AWS SDK clients for this store. */
  readonly sdk: S3Sdk;
  readonly buckets: BucketNames;
  /** All grants, for stores that keep rights in bucket policies. */
  readonly grants: readonly BucketGrant[];
  /** Gives a client exactly the access that it requests. The credentials are a Secret in its namespace. */
  grant(client: Service, access: readonly BucketRequest[]): ObjectAccess;
}

/** Endpoint and credentials of one client of the key-value store. */
export interface KeyValueAccess extends SecretKeys {
  readonly endpoint: Endpoint;
}

/** A store with the Redis protocol: caches, queues, sessions. */
export interface KeyValueStore {
  readonly endpoint: Endpoint;
  /**
   * Gives a client access to keys and channels with this prefix alone. A second call adds a prefix.
   * @param prefix ends in `:`
   */
  grant(client: Service, prefix: string): KeyValueAccess;
  /**
   * Lets a client read keys of others with these prefixes; it changes none, and lists no names. A second call adds prefixes.
   * @param prefixes each ends in `:`
   */
  read(client: Service, prefixes: readonly string[]): KeyValueAccess;
}

/** What one client asks for of the indices whose names begin so. */
export interface IndexRequest {
  /** Ends in `-`, `_` or `.`. */
  readonly prefix: string;
  /**
   * `append` adds documents, and lets indices come into being: it reads none, and changes none. `write` does all three; `own` may take
   * indices away too.
   */
  readonly level: "read" | "append" | "write" | "own";
}

/** The way to the indices for one client. */
export interface SearchAccess extends SecretKeys {
  readonly endpoint: Endpoint;
}

/** Documents that are found by their words: logs, catalogs of data. */
export interface SearchStore {
  readonly kind: "opensearch" | "elasticsearch";
  readonly endpoint: Endpoint;
  /** Lets a client do what it asks for, and nothing else; once more adds to it. */
  grant(client: Service, access: readonly IndexRequest[]): SearchAccess;
}

/** Pinned libraries that upstream's images lack, served inside of the cluster. */
export interface Libraries {
  /**
   * Links the client's pods, of one role or all, to the server. Returns the init container that fetches the libraries and checks
   * their SHA-256 sums.
   */
  fetcher(client: Service, pins: readonly Jar[], role?: string): ContainerArgs;
}

export interface DatabaseAccess extends SecretKeys {
  readonly endpoint: Endpoint;
  readonly database: string;
  /** Without credentials: `jdbc:postgresql://host:5432/database`; of a store without a driver `http://host:9200`. */
  readonly jdbcUrl: string;
}

/** Access of a client that follows changes by logical replication. */
export interface ReplicationAccess extends DatabaseAccess {
  /** Name of the publication, which covers every table of the database. */
  readonly publication: string;
  /** Name of the replication slot, which the client creates. The server keeps write-ahead log until the slot has read it. */
  readonly slot: string;
}

/** Rights of a user on one table, or on a view. */
export interface TableRight {
  readonly schema: string;
  readonly table: string;
  readonly privileges: readonly ("SELECT" | "INSERT" | "DELETE")[];
  /** Columns that it may change. @default none */
  readonly update?: readonly string[];
  /** Sequences of the schema that defaults of its columns take values from. @default none */
  readonly sequences?: readonly string[];
}

/** A user that a client has beside its own, for tables of one database. */
export interface TableUser {
  /** Lower-case words joined by `_`; the user of `shop` that Hasura has is `hasura_shop`. */
  readonly name: string;
  readonly database: string;
  /** They exist: rights on a table that is not there yet are refused by the server. */
  readonly tables: readonly TableRight[];
  /** Connections at the same time. */
  readonly connections: number;
  /** Seconds after which the server ends a statement. */
  readonly statementSeconds: number;
}

/** A PostgreSQL server. */
export interface Database {
  readonly endpoint: Endpoint;
  /** A database of the client's own, with a role that owns it. */
  own(client: Service, database: string): DatabaseAccess;
  /** Reads another service's database. */
  read(client: Service, database: string): DatabaseAccess;
  /** Follows every change of a database. A database that no service owns is created, with an owner role for those who write to it. */
  replicate(client: Service, database: string): ReplicationAccess;
  /**
   * Gives a client a user with exactly these rights. A database that no service owns is created, with an owner role for those who
   * make its tables.
   */
  user(client: Service, user: TableUser): DatabaseAccess;
}

/** What one client asks for of the tables of one database. */
export interface TablesRequest {
  readonly database: string;
  /** `write` makes, changes and takes away tables too. */
  readonly level: "read" | "write";
}

/** Databases for analytical questions, on tables of their own. */
export interface AnalyticalStore {
  readonly endpoint: Endpoint;
  /**
   * Gives a client a user of its own with exactly the access that it requests. A second call adds to it.
   * @throws Error for a database that the settings do not name
   */
  grant(client: Service, access: readonly TablesRequest[]): DatabaseAccess;
}

/** A store that SQL engines join with: each engine makes a catalog of it. */
export interface SqlSource {
  /** The catalog's name in SQL. */
  readonly name: string;
  readonly kind: "postgresql" | "mariadb" | "opensearch" | "elasticsearch" | "druid" | "clickhouse";
  /** Gives an engine a role with the rights that the engine's users may need. */
  grant(client: Service): DatabaseAccess;
  /** Lets a client read one database that the settings name, as a user of its own. @default the store cannot */
  read?(client: Service, database: string): DatabaseAccess;
}

/** The catalog of Iceberg tables: REST for every engine, Thrift for those that read Hive and Delta tables. */
export interface TableCatalog {
  readonly rest: Endpoint;
  /** `http://host:9001/iceberg` */
  readonly restUrl: string;
  readonly thrift: Endpoint;
  /** Location of tables without one of their own: `s3://warehouse/`. */
  readonly warehouse: string;
}

/** A SQL endpoint for the query API, the scheduler, notebooks. */
export interface SqlEngine {
  readonly endpoint: Endpoint;
  readonly catalogs: readonly string[];
  /** A way to it for a program, and a login where whoever asks signs in. */
  grant(client: Service, rights: SqlRights): SqlAccess;
}

/** What a program may do where it signs in. */
export interface SqlRights {
  /** Reads and writes whatever the engine can. @default false */
  readonly everything?: boolean;
  /** People in whose names it asks, with their rights. @default nobody */
  readonly as?: readonly string[] | "everybody";
  /** Schemas that those people write besides. @default none */
  readonly write?: readonly string[];
}

export interface SqlAccess {
  readonly endpoint: Endpoint;
  /** Undefined where nobody signs in. */
  readonly login: (SecretKeys & { readonly user: string; readonly password: pulumi.Output<string> }) | undefined;
}

export type * from "./batch";
export type * from "./event-log";
