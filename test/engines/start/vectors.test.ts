import assert from "node:assert/strict";

import { Run } from "../../../sandbox/core/run";
import { PATIENCE } from "../../../sandbox/core/until";
import { Ground } from "../../../sandbox/engines/ground";
import { Client, startMinio } from "../../../sandbox/engines/minio/minio";
import { makeMinioResources } from "../../../sandbox/engines/minio/resources";
import { obtain } from "../../../sandbox/engines/obtain";
import { command } from "../../../sandbox/engines/obtain/command";
import { login, type Postgres, Sql, startPostgres } from "../../../sandbox/engines/postgres/postgres";
import { makePostgresResources, statements } from "../../../sandbox/engines/postgres/resources";
import { rendering } from "./vectors.stack";

const DATABASE = "vectors";
const DENIED = /permission denied/;
/** Points of a circle: the nearest one to an angle is known. */
const circle = (angle: number) => `[${Math.cos(angle).toFixed(6)},${Math.sin(angle).toFixed(6)},0]`;
const POINTS = 2000;
const insert = (table: string) =>
  `insert into ${table} select at, format('[%s,%s,0]', cos(at * 2 * pi() / ${String(POINTS)}), sin(at * 2 * pi() / ${String(POINTS)}))::vector from generate_series(0, ${String(POINTS - 1)}) at`;
const nearest = (table: string) => `select id from ${table} order by embedding <=> '${circle(Math.PI / 2)}' limit 1`;

describe("vectors of services", function () {
  this.timeout(PATIENCE);
  let run: Run | undefined;
  let ground: Ground;
  let server: Postgres;

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    run = Run.start("vectors");
    const tools = await obtain(() => undefined, ["minio", "python"]);
    ground = await Ground.of(run, await rendering(), tools);
    server = await startPostgres(ground);
    await makePostgresResources(ground, server);
  });
  after(async () => {
    await run?.end();
  });

  const as = (service: string, generation = "", at = ground) => new Sql(at, server.bin, login(at, service, generation));
  const sql = (service: string, text: string) => as(service).run(DATABASE, text);

  it("pgvector finds the nearest vectors by an HNSW index that its writer makes", async () => {
    await sql("spark", `create table docs.points (id int primary key, embedding vector(3)); ${insert("docs.points")}`);
    await sql("spark", "create index on docs.points using hnsw (embedding vector_cosine_ops)");
    assert.equal(await sql("spark", nearest("docs.points")), String(POINTS / 4));
    const plan = await sql("spark", `set enable_seqscan = off; explain ${nearest("docs.points")}`);
    assert.match(plan, /Index Scan using points_embedding_idx/);
  });

  it("a reader of a space searches it, also in later tables, and changes nothing", async () => {
    assert.equal(await sql("trino", nearest("docs.points")), String(POINTS / 4));
    await sql("spark", "create table docs.later as select * from docs.points limit 10");
    assert.equal(await sql("trino", "select count(*) from docs.later"), "10");
    for (const text of [
      "insert into docs.points values (-1, '[0,0,1]')",
      "delete from docs.points",
      "drop table docs.later",
      "create table docs.mine (id int)",
      "create index on docs.points using hnsw (embedding vector_l2_ops)",
    ])
      await assert.rejects(sql("trino", text), /permission denied|must be owner/, text);
  });

  it("no client sees another's space, and none makes schemas or roles", async () => {
    await sql("flink", "create table images.pixels (embedding vector(2)); insert into images.pixels values ('[1,2]')");
    for (const service of ["spark", "trino"])
      await assert.rejects(sql(service, "select * from images.pixels"), DENIED, service);
    await assert.rejects(sql("flink", nearest("docs.points")), DENIED);
    for (const service of ["spark", "trino", "flink"]) {
      await assert.rejects(sql(service, "create schema more"), DENIED, service);
      await assert.rejects(sql(service, "create table public.here (id int)"), DENIED, service);
      await assert.rejects(sql(service, "create role more"), DENIED, service);
      await assert.rejects(as(service).run("postgres", "drop database vectors"), /must be owner/, service);
    }
  });

  it("the next generation of a writer owns the same tables", async () => {
    const next = await ground.with(await rendering({ credentials: { generation: 2, keepPrevious: true } }));
    const made = statements(next).filter((each) => !statements(ground).some((before) => before.sql === each.sql));
    const admin = new Sql(ground, server.bin, {
      user: "postgres",
      password: ground.rendered.secret("postgres-superuser", "password"),
    });
    for (const { database, sql: statement } of made) await admin.run(database, statement);
    const second = as("spark", "-2", next);
    await second.run(DATABASE, "create table docs.second (id int); alter table docs.points add column title text");
    assert.equal(await sql("spark", "select tableowner from pg_tables where tablename = 'second'"), "spark");
    assert.equal(await sql("trino", "select count(*) from docs.second"), "0");
  });

  it("Milvus' user may ask whether its bucket exists, works below its prefix, and reads nobody else's objects", async () => {
    const here = await ground.with(await rendering({ milvus: true }));
    await startMinio(here, "minio", { events: false });
    await makeMinioResources(here, { events: false });
    const root = Client.root(here);
    await root.put("services/druid/segments/one", "another's");
    const milvus = Client.of(here, "milvus");
    const refused = /Access Denied|AccessDenied|Insufficient permissions/i;
    // As Milvus asks at its start; below `backups` it may list its prefix only, as other services do.
    const head = async (bucket: string) => {
      const [user, password] = ["AccessKey", "SecretKey"].map((key) => here.rendered.secret("milvus-s3", key));
      const login = `user = "${user ?? ""}:${password ?? ""}"\naws-sigv4 = "aws:amz:us-east-1:s3"\n`;
      const line = [
        "curl",
        "--silent",
        "--head",
        "--config",
        "-",
        "--output",
        "/dev/null",
        "--write-out",
        "%{http_code}",
      ];
      return (await command([...line, `http://${here.at("s3")}/${bucket}`], { input: login })).trim();
    };
    assert.deepEqual([await head("services"), await head("backups")], ["200", "403"]);
    await milvus.put("services/milvus/files/insert_log/1", "mine");
    assert.deepEqual(await milvus.list("services/milvus/files/insert_log/"), ["1"]);
    await milvus.run(["rm", "store/services/milvus/files/insert_log/1"]);
    await milvus.put("backups/milvus/nightly/meta", "copy");
    assert.equal(await milvus.get("backups/milvus/nightly/meta"), "copy");
    await assert.rejects(milvus.get("services/druid/segments/one"), refused);
    await assert.rejects(milvus.put("services/druid/segments/two", "no"), refused);
    await assert.rejects(milvus.put("bronze/uploads/one", "no"), refused);
    await assert.rejects(milvus.list("backups/postgres/"), refused);
  });
});
