import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { freePorts } from "../core/ports";
import type { Run } from "../core/run";
import { Changes } from "./changes";
import type { Tools } from "./obtain";
import type { Rendered } from "./rendered";

/** Listeners, by their address in the rendered files, or by a name where they have none. */
const PLACES = {
  s3: "minio.lakehouse-storage.svc:9000",
  console: undefined,
  postgres: "postgres-rw.lakehouse-storage.svc:5432",
  thrift: "hive-metastore.lakehouse-catalog.svc:9083",
  rest: "hive-metastore.lakehouse-catalog.svc:9001",
  metastoreMetrics: undefined,
  nessie: "nessie.lakehouse-catalog.svc:8181",
  trino: "trino.lakehouse-query.svc:8080",
  trinoSecure: "trino.lakehouse-query.svc:8443",
  trinoWorker: undefined,
  spark: undefined,
  sparkUi: undefined,
  sparkDriver: undefined,
  sparkBlocks: undefined,
  sparkHistory: undefined,
  lineage: "openmetadata.lakehouse-catalog.svc:5000",
  sparkConnect: "spark-connect.lakehouse-spark-connect.svc:15002",
  sparkConnectUi: undefined,
  kafka: "kafka-kafka-bootstrap.lakehouse-streaming.svc:9093",
  kafkaPlain: "kafka-kafka-bootstrap.lakehouse-streaming.svc:9092",
  kafkaControl: undefined,
  kafkaReplication: undefined,
  kafkaMetrics: undefined,
  kafkaTool: undefined,
  connect: undefined,
  connectMetrics: undefined,
  flink: undefined,
  flinkLeader: undefined,
  flinkBlobs: undefined,
  flinkTasks: undefined,
  flinkData: undefined,
  flinkLeaderQuery: undefined,
  flinkTasksQuery: undefined,
  flinkLeaderMetrics: undefined,
  flinkTasksMetrics: undefined,
  notebook: undefined,
  prometheus: undefined,
  alertmanager: undefined,
} as const;

export type Place = keyof typeof PLACES;

/** Context of the engines: the rendered stack, the run that ends them, and their ports and folders on this machine. */
export class Ground {
  private constructor(
    readonly run: Run,
    readonly rendered: Rendered,
    readonly tools: Tools,
    private readonly places: Record<Place, number>,
    readonly changes: Changes,
    /** Folder with a folder for each Secret of a certificate. @default servers have none */
    readonly certificates?: string,
  ) {}

  /** @param given known ports; the rest are free ones */
  static async of(
    run: Run,
    rendered: Rendered,
    tools: Tools,
    given: Partial<Record<Place, number>> = {},
    certificates?: string,
  ): Promise<Ground> {
    const free = await freePorts(...(Object.keys(PLACES) as Place[]));
    return new Ground(run, rendered, tools, { ...free, ...given }, new Changes(), certificates);
  }

  /** The same engines with other rendered files, for tests that change one; with new ports on request. */
  async with(rendered: Rendered, ...own: Place[]): Promise<Ground> {
    const places = own.length === 0 ? this.places : { ...this.places, ...(await freePorts(...own)) };
    return new Ground(this.run, rendered, this.tools, places, new Changes(), this.certificates);
  }

  get ports(): Readonly<Record<Place, number>> {
    return this.places;
  }

  /** Gives a replaced pod new addresses, as a cluster does. A port stands for an address, because all pods share the loopback. */
  async readdress(...own: Place[]): Promise<void> {
    Object.assign(this.places, await freePorts(...own));
  }

  at(place: Place): string {
    return `127.0.0.1:${this.ports[place]}`;
  }

  /** A value with the addresses of services replaced by those of this machine. */
  local(value: string): string {
    return (Object.entries(PLACES) as [Place, string | undefined][]).reduce(
      (text, [place, address]) => (address === undefined ? text : text.replaceAll(address, this.at(place))),
      value,
    );
  }

  /** A path in the run's folder, whose folder is created. */
  path(...parts: string[]): string {
    const path = join(this.run.folder, ...parts);
    mkdirSync(dirname(path), { recursive: true });
    return path;
  }

  folder(...parts: string[]): string {
    const path = join(this.run.folder, ...parts);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** Writes the files of an engine's folder, as they are. */
  write(folder: string, files: Readonly<Record<string, string>>): string {
    for (const [name, text] of Object.entries(files)) writeFileSync(this.path(folder, name), text);
    return this.folder(folder);
  }
}
