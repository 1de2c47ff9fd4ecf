import { deepEqual, match, ok, rejects } from "node:assert/strict";

import { DRIVER_METRICS_PATH } from "../../../components/compute/spark-conf";
import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { PATIENCE, until } from "../../../sandbox/core/until";
import type { Engine } from "../../../sandbox/engines/engine";
import { Client } from "../../../sandbox/engines/minio/minio";
import { makeMinioResources } from "../../../sandbox/engines/minio/resources";
import { Rendered } from "../../../sandbox/engines/rendered";
import { type Answer, session, startSparkConnect } from "../../../sandbox/engines/spark-connect/spark-connect";
import { type History, makeDirectory, startHistory } from "../../../sandbox/engines/spark-history/spark-history";
import { startSpark, submit } from "../../../sandbox/engines/spark/spark";
import { type Lake, startLake } from "../../../sandbox/engines/stage";
import { DAY, type Event, events, insert } from "../events";
import { DENIED } from "../object-rights";

const EVENTS = "services/spark-history/events/";
const SYSTEMS = { sparkHistory: { enabled: true }, sparkConnect: { enabled: true } };
const TOTALS = "select event_type, count(*) from lakehouse.silver.events group by 1 order by 1";

/** The dev stack with both systems. */
function rendering(): Promise<Rendered> {
  const { values, ...dev } = readStackFile(PROJECT_FOLDER, "dev");
  const more = { "lakehouse:compute": JSON.stringify(SYSTEMS) };
  return Rendered.of("dev", undefined, { ...dev, values: { ...values, ...more } });
}

const byType = (all: readonly Event[]): [string, number][] =>
  ["buy", "click", "view"].map((type) => [type, all.filter((event) => event.type === type).length]);

/** The history of what jobs wrote, and sessions of Spark Connect on the tables that they made. */
describe("Spark's history and Spark Connect", function () {
  this.timeout(2 * PATIENCE);
  const { raw, valid } = events(20261201, 300);
  let lake: Lake;
  let history: History;
  let connect: Engine;

  const ground = () => lake.ground;
  const as = (service: string) => Client.of(ground(), service);
  const token = (rendered: Rendered, generation = "") => rendered.secret(`spark-connect-token${generation}`, "token");

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    const own = ["icebergSpark", "icebergAws", "hadoopAws", "s3TransferManager", "sparkClient"] as const;
    const only = [...own, "python", "minio", "icebergRest", "postgresJdbc"] as const;
    lake = await startLake("dev", { rendered: rendering, only });
    await makeDirectory(ground());
    const seeds = await startSpark(ground(), "seeds");
    await seeds.job("bronze_to_silver.py", "--ensure-only");
    await seeds.rows(insert("lakehouse.bronze.events", raw));
    await seeds.engine.stop();
    // The server starts while the job runs.
    [, connect] = await Promise.all([
      submit(ground(), "bronze-to-silver", ["--date", DAY, "--days", "1"]),
      startSparkConnect(ground()),
    ]);
    history = await startHistory(ground());
  });
  after(async () => {
    await (lake as Lake | undefined)?.end();
  });

  describe("the history", () => {
    it("the directory of event logs is made by the server's account, twice without harm", async () => {
      const before = await as("spark-history").list(EVENTS);
      await makeDirectory(ground());
      deepEqual(await as("spark-history").list(EVENTS), before);
    });

    it("the history lists the rendered job with its stages, none of which failed", async () => {
      // By spark-submit its name is that of its file; the operator would give it that of the application.
      const job = async () => (await history.applications()).find(({ name }) => name === "bronze_to_silver.py");
      await until("the job is listed", async () => (await job()) !== undefined);
      const { id, attempts } = (await job())!;
      ok(attempts[0]?.completed);
      const stages = await history.stages(id);
      ok(stages.some(({ status, numCompleteTasks }) => status === "COMPLETE" && numCompleteTasks > 0));
      deepEqual(
        stages.filter(({ status }) => !["COMPLETE", "SKIPPED"].includes(status)),
        [],
      );
    });

    it("the history server cannot read tables, and jobs cannot read another service's objects", async () => {
      const root = Client.root(ground());
      await Promise.all([root.put("silver/rights/seen", "silver"), root.put("services/others/seen", "another's")]);
      for (const object of ["silver/rights/seen", "services/others/seen"])
        await rejects(as("spark-history").get(object), DENIED, object);
      await rejects(as("spark-history").put("silver/rights/history", "no"), DENIED);
      for (const service of ["spark", "spark-connect"])
        await rejects(as(service).get("services/others/seen"), DENIED, service);
    });
  });

  describe("a session", () => {
    const rows = (answer: Answer | undefined) => (answer !== undefined && "rows" in answer ? answer.rows : answer);
    const error = (answer: Answer | undefined) => (answer !== undefined && "error" in answer ? answer.error : "");
    let answers: Answer[];

    before(async () => {
      answers = await session(ground(), token(ground().rendered), [
        TOTALS,
        "create namespace if not exists lakehouse.scratch location 's3://warehouse/scratch/'",
        `create table lakehouse.scratch.totals as ${TOTALS.replace("count(*)", "count(*) as events")}`,
        "select sum(events) from lakehouse.scratch.totals",
        "create table lakehouse.silver.mine as select 1 as one",
        "delete from lakehouse.silver.events where event_type = 'buy'",
        "select count(*) from lakehouse.bronze.events where user_id = 'u1'",
        TOTALS,
      ]);
    });

    it("a session reads the known totals of a table that a job wrote", () => {
      deepEqual(rows(answers[0]), byType(valid));
    });

    it("a session writes a table of the namespace scratch, and reads it again", async () => {
      deepEqual(rows(answers[3]), [[valid.length]]);
      ok((await as("spark-connect").list("warehouse/scratch/totals/data/")).length > 0);
    });

    it("a session writes no other table, and does not read raw data", () => {
      // An executor's error begins with what it could not close.
      for (const answer of answers.slice(4, 7))
        match(error(answer), /Status Code: 403|Failed to close current writer/, JSON.stringify(answer));
      deepEqual(rows(answers[7]), byType(valid));
    });

    it("a client without a token, or with another one, is refused", async () => {
      const refused = await Promise.all([session(ground(), undefined, []), session(ground(), "wrong", [])]);
      for (const [answer] of refused)
        match(answer !== undefined && "refused" in answer ? answer.refused : "", /UNAUTHENTICATED/);
    });

    it("the server has the metric of its heap that an alert asks for", async () => {
      const url = `http://127.0.0.1:${String(ground().ports.sparkConnectUi)}${DRIVER_METRICS_PATH}`;
      const text = await (await fetch(url)).text();
      match(text, /^metrics_spark_driver_jvm_heap_usage_Value\{type="gauges"\} 0\.\d+/m);
    });

    it("with the next generation the new token is accepted with the same rights, and the one before is refused (slow)", async () => {
      const { rendered } = ground();
      const next = await rendered.having({
        "lakehouse:credentials": JSON.stringify({ "spark-connect": { generation: 2 } }),
      });
      await makeMinioResources(ground(), {}, next.beyond(rendered));
      await connect.stop();
      connect = await startSparkConnect(await ground().with(next), "spark-connect-2");
      const [[after], [before]] = await Promise.all([
        session(ground(), token(next, "-2"), [TOTALS]),
        session(ground(), token(rendered), []),
      ]);
      deepEqual(rows(after), byType(valid));
      ok(before !== undefined && "refused" in before);
    });
  });

  describe("after all of them", () => {
    it("the history has Spark Connect too, once its server has ended (slow)", async () => {
      await connect.stop();
      const servers = async () => (await history.applications()).filter(({ name }) => name === "spark-connect");
      const ended = async () => (await servers()).filter(({ attempts }) => attempts[0]?.completed).length;
      await until("it is listed as ended", async () => (await ended()) > 0);
    });

    it("logs older than the retention are deleted, and the directory stays (slow)", async () => {
      const logs = () => as("spark-history").list("services/spark-history/");
      ok((await logs()).some((key) => key.startsWith("events/eventlog_v2_")));
      await history.engine.stop();
      history = await startHistory(ground(), "1s");
      await until("no log is left", async () => (await logs()).length === 1);
      deepEqual(await logs(), ["events/"]);
    });
  });
});
