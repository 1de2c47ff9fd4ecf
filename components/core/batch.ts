import type * as pulumi from "@pulumi/pulumi";

import type { BucketRequest } from "./capabilities";
import type { Endpoint, PodPeer } from "./endpoint";
import type { Service } from "./service";

/** Jobs, their schedulers, and sessions of Spark. */

/** A job that the scheduler can submit. */
export interface ScheduledJob {
  readonly name: string;
  /** The custom resource, as the scheduler submits it. */
  readonly manifest: object;
}

/** Jobs that a scheduler can submit, and the namespace where it does. */
export interface Jobs {
  readonly jobs: readonly ScheduledJob[];
  readonly namespace: string;
}

/** Runs workflows: an existing Airflow, or the stack's own. */
export interface Scheduler {
  readonly peer: PodPeer;
}

/** The place of Spark's event logs, and the server that shows them. */
export interface EventLogs {
  /** `s3a://services/spark-history/events`; it exists once `running` does. */
  readonly directory: string;
  /** The right of a client whose applications write there. */
  readonly access: BucketRequest;
  /** Applications depend on it: without the directory none starts. */
  readonly running: pulumi.Resource;
}

/** The way to Spark Connect for one client: a Secret in its namespace. */
export interface SparkConnectAccess {
  readonly endpoint: Endpoint;
  readonly secret: string;
  /**
   * Key whose value is for the variable `SPARK_REMOTE`: address and token. Python's `token=` would ask for TLS, which the server
   * lacks, so the token is a header in it.
   */
  readonly remoteKey: string;
  /** Key with the token alone, for clients that send `Authorization: Bearer <token>` by themselves. */
  readonly tokenKey: string;
}

/** Sessions of Spark for clients that have its client library alone. Whoever may use it has the rights of the server's account. */
export interface SparkConnect {
  readonly endpoint: Endpoint;
  /** Of Spark: a client's library has the same first two numbers. */
  readonly version: string;
  /** Lets a client's pods sign in; the client makes the Link by `use()`. */
  grant(client: Service): SparkConnectAccess;
}
