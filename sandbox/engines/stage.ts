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
import { type Spark, startSpark } from "./spark";
import { startTrino, type Trino } from "./trino";
import { TrinoClient } from "./trino-client";

/** Every engine of a stack, started from its rendered files. */
export interface Stage {
  readonly ground: Ground;
  readonly minio: Engine;
  readonly postgres: Postgres;
  readonly metastore: Engine;
  readonly restCatalog: Engine;
  readonly trino: Trino;
  readonly spark: Spark;
  readonly kafka: Kafka;
  readonly connect: Connect;
  readonly flink: Flink;
  readonly sql: TrinoClient;
  readonly readers: Readers;
  readonly database: { readonly admin: Sql; as(service: string): Sql };
  /** Seconds until each was ready, from the start of all. */
  readonly times: Readonly<Record<string, number>>;
  end(): Promise<void>;
}

/** Starts what can start at once, at once. */
export async function startStage(stack: string, say: (line: string) => void = () => undefined): Promise<Stage> {
  const tools = await obtain(say);
  const rendered = await Rendered.of(stack);
  const run = Run.start("engines");
  const start = Date.now();
  const times: Record<string, number> = {};
  const timed = async <T>(name: string, work: Promise<T>): Promise<T> => {
    const result = await work;
    times[name] = (Date.now() - start) / 1000;
    return result;
  };
  try {
    const ground = await Ground.of(run, rendered, tools);
    const objects = timed("minio", startMinio(ground)).then(async (minio) => {
      await timed("buckets, users, policies", makeMinioResources(ground));
      return minio;
    });
    const database = timed("postgres", startPostgres(ground)).then(async (postgres) => {
      await timed("roles, databases", makePostgresResources(ground, postgres));
      return postgres;
    });
    // Trino starts without its catalogs' back ends, as it does in a cluster.
    const trino = timed("trino", startTrino(ground));
    // Awaited last: until then its failure must not end this process before the reason of another is told.
    trino.catch(() => undefined);
    const kafka = timed("kafka", startKafka(ground));
    const connect = Promise.all([kafka, database]).then(() => timed("connect", startConnect(ground)));
    for (const each of [kafka, connect]) each.catch(() => undefined);
    const [minio, postgres] = await Promise.all([objects, database]);
    const catalogs = Promise.all([
      timed(
        "metastore",
        makeMetastoreSchema(ground).then(() => startMetastore(ground)),
      ),
      timed("rest-catalog", startRestCatalog(ground)),
    ]);
    const flink = Promise.all([kafka, catalogs]).then(() => timed("flink", startFlink(ground)));
    flink.catch(() => undefined);
    const [[metastore, restCatalog], spark] = await Promise.all([catalogs, timed("spark", startSpark(ground))]);
    return {
      ground,
      minio,
      postgres,
      metastore,
      restCatalog,
      spark,
      trino: await trino,
      kafka: await kafka,
      connect: await connect,
      flink: await flink,
      sql: new TrinoClient(ground.at("trino")),
      readers: new Readers(ground),
      database: {
        admin: new Sql(ground, postgres.bin, superuser(ground)),
        as: (service) => new Sql(ground, postgres.bin, login(ground, service)),
      },
      times,
      end: () => run.end(),
    };
  } catch (error) {
    await run.end();
    throw error;
  }
}
