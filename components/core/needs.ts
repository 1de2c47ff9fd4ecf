import type { AnalyticalStore, Database, EventLogs, Jobs, KeyValueStore, Libraries, ObjectStore } from "./capabilities";
import type {
  OperatedLog,
  Scheduler,
  SearchStore,
  SparkConnect,
  SqlEngine,
  SqlSource,
  TableCatalog,
} from "./capabilities";
import type { Governance } from "./governance";
import type { IdentityProvider } from "./identity";
import type { JobQueues } from "./queueing";
import type { Dashboards, Logs, Metrics } from "./telemetry";
import type { VectorStore } from "./vector-spaces";
import type { VendingCatalog } from "./vending";

/** Interfaces that systems give to others, by the name that others need them by. */
export interface Capabilities {
  readonly objects: ObjectStore;
  readonly database: Database;
  readonly libraries: Libraries;
  readonly tables: TableCatalog;
  readonly jobs: Jobs;
  readonly queues: JobQueues;
  readonly sql: SqlEngine;
  readonly log: OperatedLog;
  readonly scheduler: Scheduler;
  readonly cache: KeyValueStore;
  readonly search: SearchStore;
  readonly analytics: AnalyticalStore;
  readonly vectors: VectorStore;
  /** Stores that SQL engines join with; there may be several. */
  readonly source: SqlSource;
  readonly metrics: Metrics;
  readonly dashboards: Dashboards;
  readonly logs: Logs;
  readonly eventLogs: EventLogs;
  readonly sparkConnect: SparkConnect;
  readonly governance: Governance;
  readonly identity: IdentityProvider;
  readonly vending: VendingCatalog;
}
export type CapabilityName = keyof Capabilities;

/** Names of the capabilities in messages. */
export const CAPABILITY_WORDS: Readonly<Record<CapabilityName, string>> = {
  objects: "an object store",
  database: "a database",
  libraries: "libraries",
  tables: "a table catalog",
  jobs: "jobs",
  queues: "queues of jobs",
  sql: "a SQL engine",
  log: "an event log",
  scheduler: "a scheduler",
  cache: "a cache",
  search: "a search store",
  analytics: "an analytical store",
  vectors: "a vector store",
  source: "a store that SQL engines join with",
  metrics: "a Prometheus of the stack",
  dashboards: "a Grafana of the stack",
  logs: "a store of logs",
  eventLogs: "a history of Spark's applications",
  sparkConnect: "Spark Connect",
  governance: "a data catalogue",
  identity: "who signs people in",
  vending: "a catalog that gives keys",
};

type How = "one" | "maybe" | "every";
export interface Need<C extends CapabilityName = CapabilityName, H extends How = How> {
  readonly of: C;
  readonly how: H;
}
/** A need without which the system cannot be on. */
export const one = <C extends CapabilityName>(of: C): Need<C, "one"> => ({ of, how: "one" });
/** An optional need: undefined where no system gives it. */
export const maybe = <C extends CapabilityName>(of: C): Need<C, "maybe"> => ({ of, how: "maybe" });
/** A need for all that systems give: perhaps none. */
export const every = <C extends CapabilityName>(of: C): Need<C, "every"> => ({ of, how: "every" });

export type Needs = Readonly<Record<string, Need>>;
type Answer<N> =
  N extends Need<infer C, infer H>
    ? H extends "one"
      ? Capabilities[C]
      : H extends "maybe"
        ? Capabilities[C] | undefined
        : readonly Capabilities[C][]
    : never;
export type Answers<N extends Needs> = { readonly [K in keyof N]: Answer<N[K]> };
