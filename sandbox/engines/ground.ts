import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { freePorts } from "../core/ports";
import type { Run } from "../core/run";
import { Changes } from "./changes";
import type { Tools } from "./obtain";
import type { Rendered } from "./rendered";

/** What listens, by the address that the rendered files know it by, or a name where they have none. */
const PLACES = {
  s3: "minio.lakehouse-storage.svc:9000",
  console: undefined,
  postgres: "postgres-rw.lakehouse-storage.svc:5432",
  thrift: "hive-metastore.lakehouse-catalog.svc:9083",
  rest: "hive-metastore.lakehouse-catalog.svc:9001",
  metastoreMetrics: undefined,
  trino: "trino.lakehouse-query.svc:8080",
  trinoWorker: undefined,
  spark: undefined,
  sparkUi: undefined,
  sparkDriver: undefined,
  sparkBlocks: undefined,
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
  prometheus: undefined,
  alertmanager: undefined,
} as const;

export type Place = keyof typeof PLACES;

/** What an engine is started on: the rendered stack, the run that ends it, and where everything is on this machine. */
export class Ground {
  private constructor(
    readonly run: Run,
    readonly rendered: Rendered,
    readonly tools: Tools,
    private readonly places: Record<Place, number>,
    readonly changes: Changes,
  ) {}

  /** @param given ports that are known already; free ones are taken for the rest */
  static async of(
    run: Run,
    rendered: Rendered,
    tools: Tools,
    given: Partial<Record<Place, number>> = {},
  ): Promise<Ground> {
    const free = await freePorts(...(Object.keys(PLACES) as Place[]));
    return new Ground(run, rendered, tools, { ...free, ...given }, new Changes());
  }

  /** The same machine and engines, other rendered files: for tests that break one of them. Takes ports of its own if asked. */
  async with(rendered: Rendered, ...own: Place[]): Promise<Ground> {
    const places = own.length === 0 ? this.places : { ...this.places, ...(await freePorts(...own)) };
    return new Ground(this.run, rendered, this.tools, places, new Changes());
  }

  get ports(): Readonly<Record<Place, number>> {
    return this.places;
  }

  /** Gives a pod that comes back other addresses, as a cluster does. A port stands for an address: all share loopback. */
  async readdress(...own: Place[]): Promise<void> {
    Object.assign(this.places, await freePorts(...own));
  }

  at(place: Place): string {
    return `127.0.0.1:${this.ports[place]}`;
  }

  /** A value with the addresses of services as they are here. */
  local(value: string): string {
    return (Object.entries(PLACES) as [Place, string | undefined][]).reduce(
      (text, [place, address]) => (address === undefined ? text : text.replaceAll(address, this.at(place))),
      value,
    );
  }

  /** A path in the run's folder; its folder is made. */
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
