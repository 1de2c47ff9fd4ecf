import { deepEqual, equal, match, ok } from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { freePorts } from "../../../sandbox/core/ports";
import { Run } from "../../../sandbox/core/run";
import { connects } from "../../../sandbox/engines/connects";
import { javaHome } from "../../../sandbox/engines/java-home";
import { obtainLocal } from "../../../sandbox/engines/local/tools";
import { obtain, type Tools } from "../../../sandbox/engines/obtain";
import { command } from "../../../sandbox/engines/obtain/command";
import { pidOf, run, sql, start, until } from "./lakehouse";

const COUNT = "select count(*) from lakehouse.tpch.orders";
const ORDER =
  '{"order_id": 17, "customer_id": "ann", "amount": 12.50, "currency": "EUR", "ordered_at": "2026-03-02T10:00:00.000Z"}';

/** Output of the command for a client, without comments. */
async function settings(client: string): Promise<string> {
  const { code, out, error } = await run("connect", client, "--show-credentials");
  equal(code, 0, error);
  return out
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n");
}

describe("parts that are added to a lakehouse on this machine (slow)", () => {
  const own = mkdtempSync(join(tmpdir(), "lakehouse-with-"));
  let tools: Tools;
  let notebook: string;
  const written = (name: string, text: string) => {
    const file = join(own, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };

  before(async () => {
    await start();
    tools = { ...(await obtainLocal(() => undefined, ["kafka"])), ...(await obtain(() => undefined, ["notebook"])) };
    notebook = join(tools.notebook, "bin", "python");
  });
  after(() => {
    rmSync(own, { recursive: true, force: true });
  });

  it("are refused by name, with what is allowed, and change nothing", async () => {
    const { code, error } = await run("start", "--with", "airflow,kafka");
    equal(code, 2);
    match(error, /^--with airflow: allowed: connect, drop, flink, history, kafka, notebook, spark; or none alone\n$/);
  });

  it("start beside the engines that run, which stay", async () => {
    const trino = pidOf("trino-coordinator");
    const { code, error } = await run("start", "--with", "connect,flink,spark");
    equal(code, 0, error);
    equal(pidOf("trino-coordinator"), trino);
    const { out } = await run("status");
    for (const what of ["Kafka", "Kafka Connect", "Flink's JobManager", "Flink's TaskManager", "Spark Connect"])
      match(out, new RegExp(`│ ${what} +│ up`));
  });

  /** A tool of Kafka that asks by the properties that are printed. */
  async function kafka(question: object): Promise<unknown> {
    const file = written("client.properties", await settings("kafka"));
    const { port } = await freePorts("port");
    const tool = join(__dirname, "..", "..", "..", "sandbox", "engines", "kafka", "KafkaTool.java");
    const process = Run.start("kafka-client");
    try {
      const line = ["-cp", `${tools.kafka}/*`, tool, String(port)];
      await process.process({
        name: "client",
        command: [`${javaHome(17, 18)}/bin/java`, ...line],
        ready: () => connects(port),
      });
      const body = JSON.stringify({ client: file, ...question });
      const answer = await fetch(`http://127.0.0.1:${String(port)}/`, { method: "POST", body });
      ok(answer.ok, await answer.clone().text());
      return await answer.json();
    } finally {
      await process.end();
    }
  }

  it("take an order from a Kafka client by Flink into a table that Trino reads, as Trino reads the topic", async () => {
    await kafka({ action: "produce", topic: "orders", input: [{ key: "17", value: ORDER }] });
    const found = "select customer_id, amount from lakehouse.silver.orders where order_id = 17";
    await until(async () => (await run("sql", "-e", found)).out.includes('"ann","12.50"'), "the order is in the table");
    deepEqual(await sql("select customer_id from kafka.topics.orders"), ['"ann"']);
  });

  it("PySpark, by the address and token that are printed", async () => {
    const file = written("spark.sh", await settings("pyspark"));
    const code =
      "from pyspark.sql import SparkSession; print(SparkSession.builder.getOrCreate().table('lakehouse.tpch.orders').count())";
    const out = await command(["sh", "-c", `. ${file}; exec "$@"`, "sh", notebook, "-c", code]);
    equal(out.trim(), "15000");
  });

  it("Trino's Python client", async () => {
    const code = `${await settings("trino")}\nprint(connection.cursor().execute("${COUNT}").fetchone()[0])`;
    equal((await command([notebook, "-c", code])).trim(), "15000");
  });

  it("psycopg, by libpq's variables", async () => {
    const file = written("pg.sh", await settings("psql"));
    const code = "import psycopg; print(psycopg.connect().execute('select current_database()').fetchone()[0])";
    const out = await command(["sh", "-c", `. ${file}; exec "$@"`, "sh", notebook, "-c", code]);
    equal(out.trim(), "analytics");
  });

  it("DuckDB, by its statements, with the extension that is here", async () => {
    const { queryApi } = await obtain(() => undefined, ["queryApi"]);
    const extensions = join(queryApi, "lib");
    const statements = (await settings("duckdb")).replace(/^(install|load) .*\n/gm, "");
    const code = `
import duckdb, glob, sys
database = duckdb.connect(config={"allow_unsigned_extensions": True})
for name in ("httpfs", "avro", "iceberg"):
    database.execute(f"load '{glob.glob(sys.argv[1] + '/**/' + name + '.duckdb_extension', recursive=True)[0]}'")
database.execute(sys.stdin.read())
print(database.execute("${COUNT}").fetchone()[0])`;
    equal((await command([notebook, "-c", code, extensions], { input: statements })).trim(), "15000");
  });

  it("MinIO's client", async () => {
    const file = written("mc.sh", await settings("mc"));
    const out = await command(["sh", "-c", `. ${file}; exec "$@"`, "sh", join(tools.minio, "mc"), "ls", "lakehouse"]);
    match(out, /warehouse\//);
  });

  it("go on after a stop: Kafka has its records, and Flink takes none twice", async () => {
    equal((await run("stop")).code, 0);
    const { code, error } = await run("start");
    equal(code, 0, error);
    deepEqual(await sql("select customer_id from kafka.topics.orders"), ['"ann"']);
    await kafka({ action: "produce", topic: "orders", input: [{ key: "18", value: ORDER.replace("17", "18") }] });
    const both = "select order_id, count(*) from lakehouse.silver.orders group by 1 order by 1";
    await until(async () => (await run("sql", "-e", both)).out.includes('"18"'), "the next order is in the table");
    deepEqual(await sql(both), ['"17","1"', '"18","1"']);
  });

  it("all go by 'none', and their data stay", async () => {
    equal((await run("start", "--with", "none")).code, 2);
    equal((await run("stop")).code, 0);
    equal((await run("start", "--with", "none")).code, 0);
    match((await run("status")).out, /✔ 6 of 6 engines run/);
  });
});
