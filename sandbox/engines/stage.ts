import { Run } from "../core/run";
import { type Connect, startConnect } from "./connect";
import { startFlink } from "./flink";
import type { Flink } from "./flink-client";
import type { Engine } from "./engine";
import { Ground } from "./ground";
import { type Kafka, startKafka } from "./kafka";
import { makeMetastoreSchema, startMetastore } from "./metastore";
import { startMinio } from "./minio";
import { makeMinioResources } from "./minio-resources";
import { obtain } from "./obtain";
import { login, type Postgres, Sql, startPostgres, superuser } from "./postgres";
import { makePostgresResources } from "./postgres-resources";
import { Readers } from "./readers";
import { Rendered } from "./rendered";
import { startRestCatalog } from "./rest-catalog";
import { startTrino, type Trino } from "./trino";
import { TrinoClient } from "./trino-client";

/** What keeps tables, started from a stack's rendered files: object store, database, a catalog; and engines that only read them. */
export interface Lake {
  readonly ground: Ground;
  readonly minio: Engine;
  readonly postgres: Postgres;
  readonly restCatalog: Engine;
  readonly readers: Readers;
  readonly database: { readonly admin: Sql; as(service: string): Sql };
  end(): Promise<void>;
}

/** The same with the metastore and SQL. */
export interface Stage extends Lake {
  readonly metastore: Engine;
  readonly trino: Trino;
  readonly sql: TrinoClient;
}

/** What carries events: a log, changes of a database, a job. */
export interface Streams {
  readonly kafka: Kafka;
  readonly connect: Connect;
  readonly flink: Flink;
}

const JVM_OPTIONS = "JAVA_TOOL_OPTIONS";
/**
 * No second compiler; classes of released archives are not verified again; as many processors as the pods have; temporary
 * files where the run ends them; and large pages of memory where the kernel gives them, which a virtual machine finds sooner.
 */
const jvmOptions = (ground: Ground) => [
  "-XX:TieredStopAtLevel=1",
  "-XX:+UnlockDiagnosticVMOptions",
  "-XX:-BytecodeVerificationRemote",
  `-XX:ActiveProcessorCount=${ground.rendered.processors}`,
  `-Djava.io.tmpdir=${ground.folder("tmp")}`,
  ...(process.platform === "linux" ? ["-XX:+UseTransparentHugePages"] : []),
];

export function startLake(stack: string): Promise<Lake> {
  return onGround(stack, async (ground) => {
    const stores = await startStores(ground);
    return { ...stores, restCatalog: await startRestCatalog(ground) };
  });
}

/** Starts what can start at once, at once. */
export function startStage(stack: string): Promise<Stage> {
  return onGround(stack, async (ground) => {
    // Trino starts without its catalogs' back ends, as it does in a cluster.
    const trino = startTrino(ground);
    // Awaited last: until then its failure must not end this process before the reason of another is told.
    trino.catch(() => undefined);
    const stores = await startStores(ground);
    const [metastore, restCatalog] = await Promise.all([
      makeMetastoreSchema(ground).then(() => startMetastore(ground)),
      startRestCatalog(ground),
    ]);
    return { ...stores, metastore, restCatalog, trino: await trino, sql: new TrinoClient(ground.at("trino")) };
  });
}

/** What was started is ended when not all of it starts. */
async function onGround<T>(
  stack: string,
  start: (ground: Ground) => Promise<T>,
): Promise<T & { ground: Ground; end(): Promise<void> }> {
  const tools = await obtain(() => undefined);
  const rendered = await Rendered.of(stack);
  const run = Run.start("engines");
  try {
    const ground = await Ground.of(run, rendered, tools);
    // Of every JVM from here on.
    const given = process.env[JVM_OPTIONS];
    const options = [given, ...jvmOptions(ground)].filter((each) => each !== undefined).join(" ");
    process.env[JVM_OPTIONS] = ground.changes.value("jvm", JVM_OPTIONS, given, options);
    return { ...(await start(ground)), ground, end: () => run.end() };
  } catch (error) {
    await run.end();
    throw error;
  }
}

/** Object store and database, with all that the stack makes in them. */
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
