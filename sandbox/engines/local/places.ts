import type { Place } from "../ground";

/** Preferred port of each listener of a local lakehouse, of its parts too: engines know each other's before all of them run. */
export const WISHED = {
  trino: 28080,
  trinoWorker: 28081,
  s3: 29000,
  console: 29001,
  postgres: 25432,
  thrift: 29083,
  rest: 29084,
  metastoreMetrics: 29404,
  kafka: 29092,
  kafkaPlain: 29093,
  kafkaControl: 29094,
  kafkaReplication: 29095,
  kafkaMetrics: 29405,
  kafkaTool: 29096,
  connect: 28083,
  connectMetrics: 29406,
  flink: 28082,
  flinkLeader: 26123,
  flinkBlobs: 26124,
  flinkTasks: 26122,
  flinkData: 26121,
  flinkLeaderQuery: 26125,
  flinkTasksQuery: 26126,
  flinkLeaderMetrics: 29407,
  flinkTasksMetrics: 29408,
  sparkConnect: 25002,
  sparkConnectUi: 24040,
  sparkHistory: 28180,
  notebook: 28888,
} as const satisfies Partial<Record<Place, number>>;

export type LocalPlace = keyof typeof WISHED;
export type Ports = Readonly<Record<LocalPlace, number>>;
