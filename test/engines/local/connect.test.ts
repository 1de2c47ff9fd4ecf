import { deepEqual, equal, match, ok } from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { javaHome } from "../../../sandbox/engines/java-home";
import { obtainLocal } from "../../../sandbox/engines/local/tools";
import { artefacts, type Tools } from "../../../sandbox/engines/obtain";
import { command } from "../../../sandbox/engines/obtain/command";
import { sources } from "../../../sandbox/engines/obtain/sources";
import { clientPrograms } from "./clients";
import { refusal, run, sql, start } from "./lakehouse";

const COUNT = "select count(*) from lakehouse.tpch.orders";

/** Output of the command for a client, without comments. */
async function settings(client: string): Promise<string> {
  const { code, out, error } = await run("connect", client, "--show-credentials");
  equal(code, 0, error);
  return out
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n");
}

describe("what 'lakehouse local connect' prints sets up its client", () => {
  const folder = mkdtempSync(join(tmpdir(), "lakehouse-connect-"));
  let tools: Tools;
  const script = (name: string) => join(__dirname, name);
  const written = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    // The files contain passwords.
    chmodSync(file, 0o600);
    return file;
  };

  before(async () => {
    await start();
    tools = await obtainLocal(() => undefined);
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("PyIceberg", async () => {
    written(".pyiceberg.yaml", await settings("pyiceberg"));
    const line = [`${tools.python}/bin/python`, script("pyiceberg_count.py"), "tpch.orders"];
    equal((await command(line, { env: { PYICEBERG_HOME: folder } })).trim(), "15000");
  });

  it("Spark, which reads Trino's views as Spark SQL, while Trino refuses Spark's views, as docs/local.md says", async () => {
    written("spark-defaults.conf", `${await settings("spark")}spark.driver.extraClassPath ${jars(tools)}\n`);
    await sql("create schema if not exists lakehouse.both with (location = 's3://warehouse/both')");
    await sql("create table if not exists lakehouse.both.numbers as select 7 as n");
    await sql("create or replace view lakehouse.both.doubled as select 2 * n as n from lakehouse.both.numbers");
    await sql(`create or replace view lakehouse.both.of_json as select json_value('{"n": 7}', 'lax $.n') as n`);
    const env = { SPARK_CONF_DIR: folder, JAVA_HOME: javaHome(17, 18) };
    const out = await command([`${tools.python}/bin/python`, script("spark.py"), "both"], { env });
    const { trino, ...seen } = JSON.parse(out.trim().split("\n").at(-1) ?? "") as Record<string, unknown>;
    deepEqual(seen, { table: [[1]], views: ["doubled", "of_json", "tripled"], both: [[14]] });
    // Spark's error for SQL that it cannot parse.
    equal(trino, "Invalid view name: both.of_json.");
    match(await refusal("select n from lakehouse.both.tripled"), /dialect/i);
  });

  it("JDBC", async () => {
    const coordinates = `io.trino:trino-jdbc:${artefacts.trino.version}`;
    const driver = await sources.maven("trino-jdbc", artefacts.trino.version, { kind: "maven", coordinates });
    const file = written("jdbc.txt", await settings("jdbc"));
    const line = [`${javaHome(24, 27)}/bin/java`, "-cp", driver, script("Jdbc.java"), file, COUNT];
    equal((await command(line)).trim(), "15000");
  });

  for (const client of ["sqlalchemy", "superset"]) {
    it(`${client}, by its URL`, async () => {
      const url = (await settings(client)).trim();
      const line = [join(await clientPrograms(), "python"), script("sqlalchemy_value.py"), url, COUNT];
      equal((await command(line)).trim(), "15000");
    });
  }

  it("boto3, by environment variables", async () => {
    const file = written("s3.sh", await settings("s3"));
    const line = ["sh", "-c", `. ${file}; exec "$@"`, "sh", join(await clientPrograms(), "python")];
    const out = await command([...line, script("s3_keys.py"), "warehouse", "tpch/"]);
    ok(Number(out) > 8, out);
  });
});

/** Class path of the packages in '--packages' of the printed line. */
const jars = (tools: Tools) => `${tools.icebergSpark}:${tools.icebergAws}`;
