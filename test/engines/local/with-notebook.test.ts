import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { running } from "../../../sandbox/core/processes";
import { LocalHome } from "../../../sandbox/engines/local/home";
import { obtain } from "../../../sandbox/engines/obtain";
import { command } from "../../../sandbox/engines/obtain/command";
import { folder, run, sql, until } from "./lakehouse";

const EXECUTE = join(__dirname, "..", "..", "..", "sandbox", "engines", "jupyterhub", "execute.py");
const GOLD = "select event_type, events from lakehouse.gold.by_type order by event_type";
const TOTALS = ['"buy","667"', '"click","667"', '"view","666"'];

/** Rows of a statement, without Trino. */
async function duckdb(statement: string): Promise<string[]> {
  const { code, out, error } = await run("sql", "--engine", "duckdb", "-e", statement);
  equal(code, 0, error);
  return out.trim().split("\n");
}

/** What a person does on a laptop, from the start to a file that is not what it should be. */
describe("a person's path on this machine (slow)", () => {
  let python: string;
  const home = () => new LocalHome(folder);
  const url = () => `http://127.0.0.1:${String(home().state.ports?.notebook)}`;
  const token = () => home().logins.find(({ name }) => name === "jupyterhub-person-me")?.password ?? "";
  /** Output of code in a kernel of the JupyterLab. */
  const cell = (code: string) =>
    command([python, join(__dirname, "cell.py"), url()], { env: { TOKEN: token() }, input: code });

  before(async () => {
    python = join((await obtain(() => undefined, ["notebook"])).notebook, "bin", "python");
    const { code, error } = await run("start", "--with", "notebook,drop");
    equal(code, 0, error);
    match(error, /JupyterLab needs Spark Connect: added/);
    match(error, /memory: 2\.0 GiB for Spark Connect/);
    match(error, /JupyterLab is ready, \d+ s/);
  });

  after(async () => {
    await run("stop");
    await run("start", "--with", "none");
  });

  it("shows the parts in the status and among the doors, and starts nothing again", async () => {
    const status = await run("status");
    equal(status.code, 0, status.out);
    match(status.out, /✔ 8 of 8 engines run[^]*│ JupyterLab +│ up/);
    for (const line of status.out.split("\n").filter((each) => each.startsWith("│"))) ok(line.length <= 80, line);
    const before = running(folder).map(({ pid }) => pid);
    match((await run("start", "--with", "notebook")).out, /runs already/);
    deepEqual(
      running(folder).map(({ pid }) => pid),
      before,
    );
    const door = await run("open", "notebook");
    match(door.out, new RegExp(`JupyterLab: ${url()}/lab`));
    ok(!door.out.includes(token()));
    match((await run("open", "notebook", "--show-credentials")).out, new RegExp(`password: ${token()}`));
  });

  it("lets nobody into the notebooks without the token, which stands in no command line and no log", async () => {
    ok(token().length > 20);
    equal((await fetch(`${url()}/api/contents`)).status, 403);
    equal((await fetch(`${url()}/api/contents`, { headers: { Authorization: `token ${token()}` } })).status, 200);
    for (const name of readdirSync(join(folder, "notebooks")).filter((each) => each.endsWith(".ipynb")))
      equal(statSync(join(folder, "notebooks", name)).mode & 0o077, 0, name);
    const [own] = running(folder).filter(({ name }) => name === "notebook");
    ok(!readFileSync(`/proc/${String(own?.pid)}/cmdline`, "utf8").includes(token()));
    ok(!readFileSync(join(folder, "notebook.log"), "utf8").includes(token()));
  });

  it("writes gold in a notebook by Spark, and reads it by Trino and DuckDB", async () => {
    const said = await cell(`
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
totals = spark.sql("select event_type, sum(events) as events from lakehouse.gold.daily_events group by 1")
totals.writeTo("lakehouse.gold.by_type").using("iceberg").createOrReplace()
print(spark.table("lakehouse.gold.by_type").count())`);
    equal(said.trim(), "3");
    deepEqual(await sql(GOLD), TOTALS);
    deepEqual(await duckdb(GOLD), TOTALS);
  });

  it("runs the delivered notebooks, those of vectors and of Spark too", async () => {
    const said = await cell(`
import subprocess, sys
print(subprocess.run([sys.executable, "${EXECUTE}", "."], check=True, capture_output=True, text=True).stdout)`);
    deepEqual(
      said.match(/\S+\.ipynb/g),
      readdirSync(join(folder, "notebooks"))
        .filter((name) => name.endsWith(".ipynb"))
        .toSorted(),
    );
  });

  it("lands a file that is dropped, and tells which one it has put into quarantine and why", async () => {
    const header = "event_id,event_time,user_id,event_type";
    writeFileSync(join(folder, "drop", "good.csv"), `${header}\ne1,2026-03-05 10:00:00,ann,view\n`);
    writeFileSync(join(folder, "drop", "bad.csv"), "event_id,event_time\ne2,2026-03-05 11:00:00\n");
    const told = async () => (await run("status")).out;
    await until(async () => (await told()).includes("bad.csv is in quarantine"), "the bad file is told");
    match(await told(), /bad\.csv is in quarantine since .* UTC: columns are missing: user_id, event_type; it is in/);
    ok(!(await told()).includes("good.csv"));
    const landed = await cell(`
import lakehouse, pyarrow.csv, pyarrow.fs
store = pyarrow.fs.S3FileSystem(access_key=lakehouse.files()["s3.access-key-id"],
    secret_key=lakehouse.files()["s3.secret-access-key"], region="us-east-1",
    endpoint_override=lakehouse.files()["s3.endpoint"])
found = store.get_file_info(pyarrow.fs.FileSelector("bronze/sources/drop", recursive=True))
for each in found:
    if each.path.endswith(".csv"):
        print(pyarrow.csv.read_csv(store.open_input_stream(each.path)).to_pylist()[0]["user_id"])`);
    equal(landed.trim(), "ann");
  });
});
