import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";

import { Run } from "../../../sandbox/core/run";
import { PATIENCE } from "../../../sandbox/core/until";
import { Ground } from "../../../sandbox/engines/ground";
import { startMariadb } from "../../../sandbox/engines/mariadb/mariadb";
import { Client, startMinio } from "../../../sandbox/engines/minio/minio";
import { makeMinioResources } from "../../../sandbox/engines/minio/resources";
import { obtain, type Tools } from "../../../sandbox/engines/obtain";
import { command } from "../../../sandbox/engines/obtain/command";
import { login, type Postgres, Sql, startPostgres, superuser } from "../../../sandbox/engines/postgres/postgres";
import { statements } from "../../../sandbox/engines/postgres/resources";
import { sourceJob } from "../../../sandbox/engines/sources/job";
import { SERVICE } from "../../../sandbox/engines/sources/service";
import { pytest } from "../../support/pytest";
import { DENIED } from "../object-rights";
import { rendering, STORE } from "./sources.stack";

const ROWS = 6000;
const GOOD = "id,price\n1,9.90\n";
/** Hosts that the declarations name. */
const HOSTS = {
  [STORE]: "127.0.0.1",
  "postgres-rw.lakehouse-storage.svc": "127.0.0.1",
  "data.example.org": "127.0.0.1",
};
const TABLES = `set role shop_owner; create table orders (id bigint primary key, name text); create table wages (id int);
  insert into orders select n, 'order ' || n from generate_series(1, ${String(ROWS / 2)}) n;`;

interface Manifest {
  readonly object: string;
  readonly sha256: string;
  readonly checked: string;
  readonly rows: number;
  readonly from: { readonly key?: string };
}

describe("jobs of sources", function () {
  this.timeout(PATIENCE);
  let run: Run | undefined;
  let ground: Ground;
  let tools: Tools;
  let database: Postgres;
  let root: Client;

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    tools = await obtain(() => undefined, ["minio", "python", "sources", "seaweedfs"]);
    run = Run.start("sources");
    // The network is this test's own, so ports are those of the declarations.
    ground = await Ground.of(run, await rendering(), tools, { s3: 9000, postgres: 5432 });
    await startMinio(ground, "minio", { events: false });
    await makeMinioResources(ground, { events: false });
    root = Client.root(ground);
    database = await startPostgres(ground);
    const sql = new Sql(ground, database.bin, superuser(ground));
    const all = statements(ground);
    const onTables = ({ sql: text }: (typeof all)[number]) => text.includes("on table ");
    for (const { database: where, sql: text } of all.filter((each) => !onTables(each))) await sql.run(where, text);
    await sql.run("shop", TABLES);
    for (const { database: where, sql: text } of all.filter(onTables)) await sql.run(where, text);
  });
  after(async () => {
    await run?.end();
  });

  /** Manifests of a source, in the order of their names; each object is as its manifest says, and no others are there. */
  async function landed(name: string): Promise<{ readonly manifests: Manifest[]; readonly files: string[] }> {
    const prefix = `bronze/sources/${name}/`;
    const keys = (await root.list(prefix)).toSorted();
    const manifests: Manifest[] = [];
    for (const key of keys.filter((each) => each.startsWith("_landed/")))
      manifests.push(JSON.parse(await root.get(prefix + key)) as Manifest);
    const data = keys.filter((each) => each.startsWith("date="));
    deepEqual(
      data.map((each) => `sources/${name}/${each}`).toSorted(),
      manifests.map(({ object }) => object).toSorted(),
    );
    const folder = ground.folder("landed", name);
    if (data.length > 0) await root.run(["cp", "--recursive", `store/${prefix}`, folder]);
    const files = data.map((each) => join(folder, each));
    const sums = files.map((file) => createHash("sha256").update(readFileSync(file)).digest("hex"));
    deepEqual(sums.toSorted(), manifests.map(({ sha256 }) => sha256).toSorted());
    return { manifests, files };
  }

  const reasons = async (name: string) => {
    const keys = (await root.list(`bronze/quarantine/${name}/`)).filter((key) => key.endsWith(".reason.json"));
    const texts = await Promise.all(keys.map((key) => root.get(`bronze/quarantine/${name}/${key}`)));
    return texts.map((text) => (JSON.parse(text) as { readonly reason: string }).reason);
  };

  const python = () => join(ground.tools.sources, "bin", "python");

  /** Rows, different ids and their sum in Parquet files. */
  async function totals(files: readonly string[]): Promise<string> {
    const script =
      "import sys, pyarrow.parquet as pq; ids = [i for f in sys.argv[1:] for i in pq.read_table(f, partitioning=None)['id'].to_pylist()]; print(len(ids), len(set(ids)), sum(ids))";
    return (await command([python(), "-c", script, ...files], {})).trim();
  }

  it("lands every row of a table once, although runs are killed at any time", async () => {
    const job = sourceJob(ground, "sources-orders", HOSTS);
    const owner = new Sql(ground, database.bin, superuser(ground));
    // At its first line, which is of the first batch; then at that of the next one.
    for (const _ of [1, 2]) equal((await job.run((log) => log !== "")).code, null);
    await owner.run(
      "shop",
      `insert into orders select n from generate_series(${String(ROWS / 2 + 1)}, ${String(ROWS)}) n`,
    );
    const { code, log } = await job.run();
    equal(code, 0, log);
    const { manifests, files } = await landed("orders");
    equal(
      manifests.reduce((total, { rows }) => total + rows, 0),
      ROWS,
    );
    equal(await totals(files), `${String(ROWS)} ${String(ROWS)} ${String((ROWS * (ROWS + 1)) / 2)}`);
  });

  it("lands a document of a server that fails, cuts and gives wrong sums", async () => {
    const digest = (text: string) => `sha-256=:${createHash("sha256").update(text).digest("base64")}:`;
    const whole =
      (text: string, of = text) =>
      (answer: ServerResponse) =>
        answer.writeHead(200, { "Repr-Digest": digest(of), "Content-Length": text.length }).end(text);
    const answers = [
      (answer: ServerResponse) => answer.writeHead(500).end(),
      (answer: ServerResponse) => {
        answer.writeHead(200, { "Content-Length": GOOD.length });
        answer.write(GOOD.slice(0, 8), () => answer.destroy());
      },
      whole(GOOD),
      whole("id\n666\n", GOOD),
    ];
    const server: Server = createServer((_, answer) => (answers.length > 1 ? answers.shift() : answers[0])?.(answer));
    await new Promise<void>((resolve) => server.listen(8081, "127.0.0.1", resolve));
    try {
      const job = sourceJob(ground, "sources-prices", HOSTS);
      const first = await job.run();
      equal(first.code, 0, first.log);
      const second = await job.run();
      equal(second.code, 3, second.log);
      match(second.log, /"quarantined".*wrong checksum: repr-digest says/);
    } finally {
      server.close();
    }
    const { manifests, files } = await landed("prices");
    deepEqual(
      manifests.map(({ rows, checked }) => [rows, checked]),
      [[1, "repr-digest"]],
    );
    equal(readFileSync(files[0] ?? "", "utf8"), GOOD);
    match((await reasons("prices"))[0] ?? "", /^wrong checksum/);
  });

  it("takes files that are complete, and removes them once they have landed", async () => {
    const drop = ground.folder("drop");
    for (const name of ["a.csv", "b.csv", "c.csv"]) writeFileSync(join(drop, name), name === "c.csv" ? "no" : GOOD);
    for (const name of ["a.csv", "c.csv"]) writeFileSync(join(drop, `${name}.done`), "");
    const job = sourceJob(ground, "sources-scans", HOSTS, { mounts: { "/srv/drop": drop } });
    const { code, log } = await job.run();
    equal(code, 3, log);
    deepEqual(readdirSync(drop).toSorted(), ["b.csv", "c.csv", "c.csv.done"]);
    equal((await landed("scans")).manifests.length, 1);
    deepEqual(await reasons("scans"), ["columns are missing: id"]);
  });

  it("lands each object of another store once", async () => {
    await root.run(["mb", "store/outside"]);
    for (const name of ["a", "b"]) await root.put(`outside/${name}.csv`, `id\n${name}\n`);
    const secret = (key: string) => ground.rendered.secret("minio-root", key);
    const env = { SOURCE_USER: secret("user"), SOURCE_PASSWORD: secret("password") };
    const job = sourceJob(ground, "sources-exports", HOSTS, { env });
    for (const batches of [2, 2, 3]) {
      if (batches === 3) await root.put("outside/a.csv", "id\nc\n");
      const { code, log } = await job.run();
      equal(code, 0, log);
      equal((await landed("exports")).manifests.length, batches);
    }
  });

  it("can neither read nor change what is not its own", async () => {
    const own = Client.of(ground, "sources-prices");
    const [object = ""] = (await root.list("bronze/sources/prices/date=")).map(
      (key) => `bronze/sources/prices/date=${key}`,
    );
    equal(await own.get(object.replace("date=date=", "date=")), GOOD);
    const others = (await landed("scans")).manifests.map((manifest) => `bronze/${manifest.object}`);
    for (const other of others) await rejects(own.get(other), DENIED);
    await rejects(own.list("bronze/sources/scans/"), DENIED);
    for (const key of ["bronze/sources/scans/x", "bronze/other", "silver/x", "bronze/sources/pricesx"])
      await rejects(own.put(key, "x"), DENIED, key);
    await rejects(own.remove(object.replace("date=date=", "date=")), DENIED);
    const reader = new Sql(ground, database.bin, login(ground, "sources-orders", "-reader"));
    equal(await reader.run("shop", "select count(*) from orders"), String(ROWS));
    for (const text of ["select * from wages", "delete from orders", "create table mine (id int)"])
      await rejects(reader.run("shop", text), /permission denied/, text);
    await rejects(reader.run("metastore", "select 1"), /permission denied for database/);
  });

  it("passes its own tests on MinIO and PostgreSQL, and skips none", async () => {
    const sql = new Sql(ground, database.bin, superuser(ground));
    await sql.run("postgres", "create database own_tests");
    const { user, password } = superuser(ground);
    const given = { dialect: "postgresql", host: "127.0.0.1", port: 5432, database: "own_tests", user, password };
    const tests = await suite({ SOURCES_TEST_DATABASES: JSON.stringify([given]) });
    ok(tests > 55, `${String(tests)} proofs`);
  });

  it("passes its own tests on SeaweedFS (slow)", async () => {
    const tests = await suite({ SOURCES_TEST_WEED: join(ground.tools.seaweedfs, "bin", "weed") }, [
      ...["--ignore=tests/test_database.py", "--ignore=tests/test_checks.py"],
    ]);
    ok(tests > 25, `${String(tests)} proofs`);
  });

  it("passes its own tests of databases on MariaDB (slow)", async () => {
    // Not every system has its packages.
    Object.assign(tools, await obtain(() => undefined, ["mariadb"]));
    const [user, password] = ["own_tests", "of-own-tests"];
    await startMariadb(ground, [
      "create table crm.customers (id bigint primary key, name varchar(20))",
      "insert into crm.customers values (1, 'a'), (2, 'b')",
      `create database ${user}`,
      `create user ${user}@'%' identified by '${password}'`,
      `grant all on ${user}.* to ${user}@'%'`,
    ]);
    const job = sourceJob(ground, "sources-customers", { ...HOSTS, "mariadb.lakehouse-storage.svc": "127.0.0.31" });
    const { code, log } = await job.run();
    equal(code, 0, log);
    equal(await totals((await landed("customers")).files), "2 2 3");
    const given = { dialect: "mariadb", host: "127.0.0.31", port: 3306, database: user, user, password };
    const tests = await suite({ SOURCES_TEST_DATABASES: JSON.stringify([given]) }, ["tests/test_database.py"]);
    ok(tests > 6, `${String(tests)} proofs`);
  });

  /** Runs the program's own proofs. */
  const suite = (env: Readonly<Record<string, string>>, which: readonly string[] = []) =>
    pytest(python(), which, { cwd: SERVICE, env: { SOURCES_TEST_MINIO: join(ground.tools.minio, "minio"), ...env } });
});
