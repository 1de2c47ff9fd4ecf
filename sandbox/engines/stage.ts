import { Run } from "../core/run";
import { type Connect, startConnect } from "./connect";
import { type Flink, startFlink } from "./flink";
import { type Engine, Ground } from "./ground";
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

/** What tables need, started from a stack's rendered files: object store, database, catalogs, SQL. */
export interface Stage {
  readonly ground: Ground;
  readonly minio: Engine;
  readonly postgres: Postgres;
  readonly metastore: Engine;
  readonly restCatalog: Engine;
  readonly trino: Trino;
  readonly sql: TrinoClient;
  readonly readers: Readers;
  readonly database: { readonly admin: Sql; as(service: string): Sql };
  end(): Promise<void>;
}

/** What carries events: a log, changes of a database, a job. */
export interface Streams {
  readonly kafka: Kafka;
  readonly connect: Connect;
  readonly flink: Flink;
}

const JVM_OPTIONS = "JAVA_TOOL_OPTIONS";
/** No second compiler; and large pages of memory where the kernel gives them, which a virtual machine finds sooner. */
const SHORT_LIVED = [
  "-XX:TieredStopAtLevel=1",
  ...(process.platform === "linux" ? ["-XX:+UseTransparentHugePages"] : []),
];

/** Starts what can start at once, at once. */
export async function startStage(stack: string, say: (line: string) => void = () => undefined): Promise<Stage> {
  const tools = await obtain(say);
  const rendered = await Rendered.of(stack);
  const run = Run.start("engines");
  try {
    const ground = await Ground.of(run, rendered, tools);
    // Of every JVM from here on.
    const given = process.env[JVM_OPTIONS];
    const options = [given, ...SHORT_LIVED].filter((each) => each !== undefined).join(" ");
    process.env[JVM_OPTIONS] = ground.changes.value("jvm", JVM_OPTIONS, given, options);
    const objects = startMinio(ground).then(async (minio) => {
      await makeMinioResources(ground);
      return minio;
    });
    const database = startPostgres(ground).then(async (postgres) => {
      await makePostgresResources(ground, postgres);
      return postgres;
    });
    // Trino starts without its catalogs' back ends, as it does in a cluster.
    const trino = startTrino(ground);
    // Awaited last: until then its failure must not end this process before the reason of another is told.
    trino.catch(() => undefined);
    const [minio, postgres] = await Promise.all([objects, database]);
    const [metastore, restCatalog] = await Promise.all([
      makeMetastoreSchema(ground).then(() => startMetastore(ground)),
      startRestCatalog(ground),
    ]);
    return {
      ground,
      minio,
      postgres,
      metastore,
      restCatalog,
      trino: await trino,
      sql: new TrinoClient(ground.at("trino")),
      readers: new Readers(ground),
      database: {
        admin: new Sql(ground, postgres.bin, superuser(ground)),
        as: (service) => new Sql(ground, postgres.bin, login(ground, service)),
      },
      end: () => run.end(),
    };
  } catch (error) {
    await run.end();
    throw error;
  }
}

export async function startStreams({ ground }: Stage): Promise<Streams> {
  const kafka = await startKafka(ground);
  const [connect, flink] = await Promise.all([startConnect(ground), startFlink(ground)]);
  return { kafka, connect, flink };
}
