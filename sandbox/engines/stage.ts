import { Run } from "../core/run";
import { type Connect, startConnect } from "./connect/connect";
import { startFlink } from "./flink/flink";
import type { Flink } from "./flink/client";
import type { Engine } from "./engine";
import { Ground, type Place } from "./ground";
import { JVM_OPTIONS, jvmOptions } from "./jvm";
import { type Kafka, startKafka } from "./kafka/kafka";
import { makeMetastoreSchema, type MetastorePrograms, startMetastore } from "./metastore/metastore";
import { startMinio } from "./minio/minio";
import { makeMinioResources } from "./minio/resources";
import { type ArtefactName, obtain } from "./obtain";
import { login, type Postgres, Sql, startPostgres, superuser } from "./postgres/postgres";
import { makePostgresResources } from "./postgres/resources";
import { Readers } from "./readers";
import { Rendered } from "./rendered";
import { startRestCatalog } from "./metastore/rest-catalog";
import { type Additions, startTrino, type Trino } from "./trino/trino";
import { TrinoClient } from "./trino/client";

/** Engines for tables, started from a stack's rendered files: object store, database and catalog, and readers. */
export interface Lake {
  readonly ground: Ground;
  readonly minio: Engine;
  readonly postgres: Postgres;
  readonly restCatalog: Engine;
  readonly readers: Readers;
  readonly database: { readonly admin: Sql; as(service: string): Sql };
  end(): Promise<void>;
}

/** The lake with the metastore and Trino. */
export interface Stage extends Lake {
  readonly metastore: Engine;
  readonly trino: Trino;
  readonly sql: TrinoClient;
}

/** Engines for streams: Kafka, Connect and Flink. */
export interface Streams {
  readonly kafka: Kafka;
  readonly connect: Connect;
  readonly flink: Flink;
}

export function startLake(stack: string, choice: Choice = {}): Promise<Lake> {
  const start = async (ground: Ground) => {
    const stores = await startStores(ground);
    return { ...stores, restCatalog: await startRestCatalog(ground) };
  };
  return onGround(stack, start, choice);
}

/** What differs from the stage of a shipped stack. */
export interface Choice {
  /** @default the stack's */
  readonly rendered?: () => Promise<Rendered>;
  /** Ports of engines that others reach by a Service's own. @default free ones */
  readonly ports?: Partial<Record<Place, number>>;
  /** Additions to Trino's files and variables. @default none */
  readonly trino?: (ground: Ground) => Additions;
  /** Artefacts that are obtained only where they are named. @default none */
  readonly extra?: readonly ArtefactName[];
  /** Artefacts that it needs, where these are few. @default all */
  readonly only?: readonly ArtefactName[];
  /** Folder with a folder for each Secret of a certificate. @default servers have none */
  readonly certificates?: string;
  /** Programs of the metastore. @default of the newest version */
  readonly metastore?: MetastorePrograms;
}

/** Starts engines in parallel where possible. */
export function startStage(stack: string, choice: Choice = {}): Promise<Stage> {
  const start = async (ground: Ground) => {
    // Trino starts without its catalogs' back ends, as it does in a cluster.
    const trino = startTrino(ground, choice.trino?.(ground));
    // Awaited last: its failure must not end this process before another engine's reason is reported.
    trino.catch(() => undefined);
    const stores = await startStores(ground);
    const [metastore, restCatalog] = await Promise.all([
      makeMetastoreSchema(ground, choice.metastore).then(() =>
        startMetastore(ground, "metastore", false, choice.metastore),
      ),
      startRestCatalog(ground),
    ]);
    return { ...stores, metastore, restCatalog, trino: await trino, sql: new TrinoClient(ground.at("trino")) };
  };
  return onGround(stack, start, choice);
}

/** Ends the started engines when one of them fails to start. */
async function onGround<T>(
  stack: string,
  start: (ground: Ground) => Promise<T>,
  { rendered: render = () => Rendered.of(stack), ports, extra = [], only, certificates }: Choice = {},
): Promise<T & { ground: Ground; end(): Promise<void> }> {
  const tools = { ...(await obtain(() => undefined, only)), ...(await obtain(() => undefined, extra)) };
  const rendered = await render();
  const run = Run.start("engines");
  try {
    const ground = await Ground.of(run, rendered, tools, ports, certificates);
    // For every JVM from here on.
    process.env[JVM_OPTIONS] = jvmOptions(ground, ground.folder("tmp"));
    return { ...(await start(ground)), ground, end: () => run.end() };
  } catch (error) {
    await run.end();
    throw error;
  }
}

/** Object store and database, with the stack's resources in them. */
async function startStores(ground: Ground) {
  const objects = startMinio(ground).then(async (minio) => {
    await makeMinioResources(ground);
    return minio;
  });
  const database = startPostgres(ground).then(async (postgres) => {
    await makePostgresResources(ground, postgres);
    return postgres;
  });
  const [minio, postgres] = await Promise.all([objects, database]);
  return {
    minio,
    postgres,
    readers: new Readers(ground),
    database: {
      admin: new Sql(ground, postgres.bin, superuser(ground)),
      as: (service: string) => new Sql(ground, postgres.bin, login(ground, service)),
    },
  };
}

export async function startStreams({ ground }: Stage): Promise<Streams> {
  const kafka = await startKafka(ground);
  const [connect, flink] = await Promise.all([startConnect(ground), startFlink(ground)]);
  return { kafka, connect, flink };
}
